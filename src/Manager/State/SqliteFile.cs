using KadaluFsd.Contract;
using Microsoft.Data.Sqlite;

namespace KadaluFsd.Manager.State;

/// <summary>A file of SQLite: how it is opened, whether it is sound, and what SQLite says of it.</summary>
internal static class SqliteFile
{
    private const int BusySeconds = 5;

    // Enough for ten thousand units (SQLite's own 2 MiB are not); what is not needed is not taken.
    private const int CacheKibibytes = 32 * 1024;

    /// <summary>Where SQLite writes first; what is in it comes into the file later.</summary>
    internal static string JournalOf(string path) => $"{path}-wal";

    /// <summary>Opens one that exists.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="isKept">Whether it is going to be written to all the time: with a log, and on disk after each commit.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    internal static SqliteConnection Connect(string path, bool isKept = true)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = BusySeconds,
        }.ToString());
        try
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText =
                "PRAGMA trusted_schema = OFF" + (isKept
                    ? $"; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -{CacheKibibytes}" : "");
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Has SQLite look for damage.</summary>
    /// <param name="connection">Who has it open.</param>
    /// <param name="path">What it is called when it is damaged.</param>
    /// <param name="how"><c>quick_check</c> or <c>integrity_check</c>.</param>
    /// <exception cref="CommandException">It is damaged; says what helps.</exception>
    internal static void Check(SqliteConnection connection, string path, string how)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // One of SQLite's two checks.
        command.CommandText = $"PRAGMA {how}(1)";
#pragma warning restore CA2100
        if ((string)command.ExecuteScalar()! is var found && found != "ok")
        {
            throw new CommandException(ExitCode.PoolRefused, Damaged(path, found));
        }
    }

    /// <summary>Says why SQLite refused, and what helps where the file is damaged.</summary>
    internal static CommandException Explain(SqliteException exception, string path) =>
        exception.SqliteErrorCode switch
        {
            SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB =>
                new CommandException(ExitCode.PoolRefused, Damaged(path, exception.Message)),
            SQLitePCL.raw.SQLITE_FULL => new CommandException(
                ExitCode.SystemRefused,
                $"{path} cannot be written: its file system is full (df {Path.GetDirectoryName(path)}); the manager goes on " +
                "when there is space again"),
            _ => new CommandException(ExitCode.SystemRefused, $"{path}: {exception.Message}"),
        };

    private static string Damaged(string path, string reason) =>
        $"{path} is damaged: {reason} (kadalu cluster restore reads a backup, kadalu cluster recover asks the nodes)";
}
