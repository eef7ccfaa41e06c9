using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using Microsoft.Data.Sqlite;

namespace KadaluFsd.Manager.State;

/// <summary>Files of the state while nobody uses them: a backup, and what it replaces.</summary>
internal static class SqliteBackup
{
    private static readonly string[] s_beside = ["-wal", "-shm"];

    /// <summary>Copies a file, for root alone from its first byte.</summary>
    /// <param name="from">The file.</param>
    /// <param name="to">The copy, which must not exist; on disk when this returns.</param>
    /// <exception cref="CommandException">It cannot be read or written.</exception>
    internal static void Copy(string from, string to) => SystemRefusal.Guard(from, () =>
    {
        using FileStream source = File.OpenRead(from);
        using FileStream copy = OwnFiles.Create(to, FileModes.Secret);
        source.CopyTo(copy);
        copy.Flush(flushToDisk: true);
    });

    /// <summary>Reads all of a file, and checks that nothing in it is damaged.</summary>
    /// <exception cref="CommandException">It is damaged, or no database at all.</exception>
    internal static void Check(string path)
    {
        SqliteLibrary.Load();
        try
        {
            using SqliteConnection connection = SqliteFile.Connect(path, isKept: false);
            SqliteFile.Check(connection, path, "integrity_check");
        }
        catch (SqliteException exception)
        {
            throw SqliteFile.Explain(exception, path);
        }
    }

    /// <summary>Puts a file in the place of the state, which is kept beside it.</summary>
    /// <param name="copy">The file, complete and on disk; in the same file system, and of nobody.</param>
    /// <param name="state">The state.</param>
    /// <param name="now">The time, for the name of what is kept.</param>
    /// <param name="passed">Gets each point at which it may be interrupted; for tests.</param>
    /// <returns>What was there before; null for nothing.</returns>
    /// <exception cref="CommandException">It cannot be; the state is as it was, and complete.</exception>
    internal static string? Replace(string copy, string state, DateTimeOffset now, Action<string>? passed = null)
    {
        // Whenever this is interrupted, the old state or the new one is in its place, and has all that it had: the old one without its journal
        // would have lost its last commits, and the new one would take those of the old one from it.
        string? kept = Keep(state, now);
        passed?.Invoke("the old state is kept");
        bool isWhole = EmptyJournal(state);
        passed?.Invoke("the old state is whole without its journal");
        SystemRefusal.Guard(state, () =>
        {
            if (!isWhole)
            {
                // It cannot be read anyway, and what is kept of it has the journal.
                DeleteBeside(state);
            }

            File.Move(copy, state, overwrite: true);
            Flush(state);
        });
        passed?.Invoke("the new state is in its place");
        SystemRefusal.Guard(state, () => DeleteBeside(state));
        return kept;
    }

    /// <summary>Takes the state away, and keeps it beside its place.</summary>
    /// <param name="state">The state.</param>
    /// <param name="now">The time, for its new name.</param>
    /// <returns>Where it is; null where there was none.</returns>
    /// <exception cref="CommandException">It cannot be.</exception>
    internal static string? MoveAside(string state, DateTimeOffset now)
    {
        // A journal alone cannot be read, but whoever finds its file again needs it.
        string kept = NameAside(state, now);
        bool isThere = File.Exists(state);
        SystemRefusal.Guard(state, () =>
        {
            if (isThere)
            {
                File.Move(state, kept);
            }

            if (File.Exists(SqliteFile.JournalOf(state)))
            {
                File.Move(SqliteFile.JournalOf(state), SqliteFile.JournalOf(kept));
            }

            if (isThere)
            {
                DeleteBeside(state);
                Flush(state);
            }
        });
        return isThere ? kept : null;
    }

    // What is in the journal only is brought into the file.
    private static bool EmptyJournal(string state)
    {
        if (!File.Exists(state) || !File.Exists(SqliteFile.JournalOf(state)))
        {
            return true;
        }

        SqliteLibrary.Load();
        try
        {
            using SqliteConnection connection = SqliteFile.Connect(state);
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            command.ExecuteNonQuery();
            return new FileInfo(SqliteFile.JournalOf(state)) is not { Exists: true, Length: > 0 };
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private static void DeleteBeside(string state)
    {
        foreach (string ending in s_beside)
        {
            File.Delete(state + ending);
        }
    }

    private static void Flush(string state) => _ = FileCalls.FlushDirectory(Path.GetDirectoryName(state)!);

    private static string NameAside(string state, DateTimeOffset now) =>
        state + now.ToString("'.until-'yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);

    private static string? Keep(string state, DateTimeOffset now)
    {
        if (!File.Exists(state))
        {
            return null;
        }

        string kept = NameAside(state, now);
        Copy(state, kept);
        if (File.Exists(SqliteFile.JournalOf(state)))
        {
            Copy(SqliteFile.JournalOf(state), SqliteFile.JournalOf(kept));
        }

        return kept;
    }
}
