using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using Microsoft.Data.Sqlite;

namespace KadaluFsd.Manager.State;

/// <summary>Files of the state while nobody uses them: a backup, and what it replaces.</summary>
internal static class SqliteBackup
{
    // What SQLite has beside a file: what is not in it yet.
    private const string Journal = "-wal";

    private static readonly string[] s_beside = [Journal, "-shm"];

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
            using SqliteConnection connection = SqliteStore.Connect(path, isKept: false);
            SqliteStore.Check(connection, path, "integrity_check");
        }
        catch (SqliteException exception)
        {
            throw SqliteStore.Explain(exception, path);
        }
    }

    /// <summary>Puts a file in the place of the state, which is kept beside it.</summary>
    /// <param name="copy">The file; in the same file system, and of nobody.</param>
    /// <param name="state">The state.</param>
    /// <param name="now">The time, for the name of what is kept.</param>
    /// <returns>What was there before; null for nothing.</returns>
    /// <exception cref="CommandException">It cannot be; the state is as it was, and complete.</exception>
    internal static string? Replace(string copy, string state, DateTimeOffset now)
    {
        string? kept = Keep(state, now);
        SystemRefusal.Guard(state, () =>
        {
            // What is not in the old file yet must not get into the new one.
            foreach (string ending in s_beside)
            {
                File.Delete(state + ending);
            }

            File.Move(copy, state, overwrite: true);
            _ = FileCalls.FlushDirectory(Path.GetDirectoryName(state)!);
        });
        return kept;
    }

    /// <summary>Takes the state away, and keeps it beside its place.</summary>
    /// <param name="state">The state.</param>
    /// <param name="now">The time, for its new name.</param>
    /// <returns>Where it is; null where there was none.</returns>
    /// <exception cref="CommandException">It cannot be.</exception>
    internal static string? MoveAside(string state, DateTimeOffset now)
    {
        string? kept = Keep(state, now);
        SystemRefusal.Guard(state, () =>
        {
            foreach (string ending in s_beside.Prepend(""))
            {
                File.Delete(state + ending);
            }
        });
        return kept;
    }

    private static string? Keep(string state, DateTimeOffset now)
    {
        if (!File.Exists(state))
        {
            return null;
        }

        string kept = state + now.ToString("'.until-'yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
        Copy(state, kept);
        if (File.Exists(state + Journal))
        {
            Copy(state + Journal, kept + Journal);
        }

        return kept;
    }
}
