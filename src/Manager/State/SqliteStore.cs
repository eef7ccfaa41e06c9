using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using Microsoft.Data.Sqlite;

namespace KadaluFsd.Manager.State;

/// <summary>The state in a file of SQLite, of which one process has the use.</summary>
public sealed class SqliteStore : IStateStore
{
    private readonly string _path;
    private readonly DirectoryLock _lock;
    private readonly SqliteConnection _connection;
    private readonly OpenedFiles _files;

    // A connection does one thing at a time.
    private readonly SemaphoreSlim _one = new(1, 1);

    private SqliteStore(string path, DirectoryLock taken, SqliteConnection connection) =>
        (_path, _lock, _connection, _files) = (path, taken, connection, new OpenedFiles(path));

    /// <summary>Opens it.</summary>
    /// <param name="path">The file. It is made where there is none, its directory too, which nobody but the owner can look into.</param>
    /// <exception cref="CommandException">Another process has it, it is damaged, or it is none of ours.</exception>
    public static SqliteStore Open(string path)
    {
        SqliteLibrary.Load();
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        SystemRefusal.Guard(path, () =>
        {
            OwnFiles.CreateDirectory(directory, FileModes.PrivateDirectory);
            if (!File.Exists(path))
            {
                RefuseJournalAlone(path);

                // What SQLite puts beside it gets the same mode.
                OwnFiles.Create(path, FileModes.Secret).Dispose();
            }
        });
        DirectoryLock taken = Take(directory);
        SqliteConnection? connection = null;
        try
        {
            AtomicFile.RemoveLeftovers(path); // Copies of a killed manager, for backups.
            connection = SqliteFile.Connect(path);
            SqliteFile.Check(connection, path, "quick_check");
            SqliteSchema.Migrate(connection, path);
            return new SqliteStore(path, taken, connection);
        }
        catch (Exception exception)
        {
            connection?.Dispose();
            taken.Dispose();
            throw exception is SqliteException refusal ? SqliteFile.Explain(refusal, path) : exception;
        }
    }

    /// <inheritdoc/>
    public Task<StateDocument?> FindAsync(StateKind kind, string key, CancellationToken cancellation) => DoAsync(() =>
    {
        using SqliteCommand command = Command($"{SelectFrom(kind)} WHERE key = $key");
        command.Parameters.AddWithValue("$key", key);
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read() ? Read(reader) : null;
    }, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StateDocument>> ListAsync(StateKind kind, string prefix, CancellationToken cancellation) =>
        ListAsync(SelectFrom(kind), prefix, Read, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StateKey>> ListKeysAsync(StateKind kind, string prefix, CancellationToken cancellation) =>
        ListAsync(
            $"SELECT key, revision FROM {SqliteSchema.TableOf(kind)}", prefix,
            reader => new StateKey(reader.GetString(0), reader.GetInt64(1)), cancellation);

    /// <inheritdoc/>
    public Task<long> CommitAsync(IReadOnlyCollection<StateWrite> writes, CancellationToken cancellation)
    {
        foreach (StateWrite write in writes)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(write.Key.Length, StateWrite.MaxKey, nameof(writes));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(write.Json?.Length ?? 0, StateWrite.MaxDocument, nameof(writes));
        }

        return DoAsync(() =>
        {
            _files.Require();
            using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
            long revision = (long)Run(transaction, "UPDATE revision SET number = number + 1 RETURNING number")!;
            foreach (StateWrite write in writes)
            {
                Apply(transaction, write, revision);
            }

            transaction.Commit();
            return revision;
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancellation) => DoAsync<object?>(() =>
    {
        _files.Require();
        return null;
    }, cancellation);

    /// <inheritdoc/>
    public Task BackUpAsync(string path, CancellationToken cancellation) => DoAsync<object?>(() =>
    {
        FileStream? file = null;
        SystemRefusal.Guard(path, () => file = OwnFiles.Create(path, FileModes.Secret, FileShare.ReadWrite));
        using FileStream made = file!;
        try
        {
            using (SqliteConnection copy = SqliteFile.Connect(path, isKept: false))
            {
                _connection.BackupDatabase(copy);
            }

            made.Flush(flushToDisk: true);
            return null;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _lock.Dispose();
        _one.Dispose();
    }

    // Much of what was known may be in it, and goes where a new one is begun.
    private static void RefuseJournalAlone(string path)
    {
        if (SqliteFile.JournalOf(path) is var journal && File.Exists(journal))
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"{journal} is there, and {path}, which it belongs to, is not: put that back (or move the " +
                "former away, and kadalu cluster restore reads a backup, kadalu cluster recover asks the nodes)");
        }
    }

    private void Apply(SqliteTransaction transaction, StateWrite write, long revision)
    {
        string table = SqliteSchema.TableOf(write.Kind);
        long actual = (long?)Run(transaction, $"SELECT revision FROM {table} WHERE key = $key", ("$key", write.Key)) ?? 0;
        if (actual != write.Expected)
        {
            throw new StateConflictException(write, actual);
        }

        _ = write.Json is { } json
            ? Run(
                transaction, $"INSERT OR REPLACE INTO {table} (key, revision, document) VALUES ($key, $revision, $document)",
                ("$key", write.Key), ("$revision", revision), ("$document", json.ToArray()))
            : Run(transaction, $"DELETE FROM {table} WHERE key = $key", ("$key", write.Key));
    }

    private object? Run(SqliteTransaction transaction, string text, params (string Name, object Value)[] values)
    {
        using SqliteCommand command = Command(text);
        command.Transaction = transaction;
        foreach ((string name, object value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command.ExecuteScalar();
    }

    private SqliteCommand Command(string text)
    {
        SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // Tables' names are of SqliteSchema, and all else is a parameter.
        command.CommandText = text;
#pragma warning restore CA2100
        return command;
    }

    private Task<IReadOnlyList<T>> ListAsync<T>(
        string select, string prefix, Func<SqliteDataReader, T> read, CancellationToken cancellation) =>
        DoAsync<IReadOnlyList<T>>(() =>
        {
            using SqliteCommand command =
                Command($"{select} WHERE key >= $prefix AND key < $prefix || char(0x10FFFF) ORDER BY key");
            command.Parameters.AddWithValue("$prefix", prefix);
            using SqliteDataReader reader = command.ExecuteReader();
            var found = new List<T>();
            while (reader.Read())
            {
                found.Add(read(reader));
            }

            return found;
        }, cancellation);

    private static string SelectFrom(StateKind kind) => $"SELECT key, revision, document FROM {SqliteSchema.TableOf(kind)}";

    private static StateDocument Read(SqliteDataReader reader) =>
        new(reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2));

    private async Task<T> DoAsync<T>(Func<T> action, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            return action();
        }
        catch (SqliteException exception)
        {
            throw SqliteFile.Explain(exception, _path);
        }
        finally
        {
            _one.Release();
        }
    }

    internal static DirectoryLock Take(string directory) => DirectoryLock.Take(directory, out DirectoryLock? taken) switch
    {
        Errno.None => taken!,
        Errno.EAGAIN => throw new CommandException(
            ExitCode.PoolRefused, $"{directory}: another manager has it{Describe(DirectoryLock.FindHolder(directory))}"),
        Errno error => throw SystemRefusal.From(SystemRefusal.Of(error, error.Describe()), directory),
    };

    private static string Describe(int? process) => process is null ? "" : $" (process {process})";
}
