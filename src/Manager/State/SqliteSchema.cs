using System.Globalization;
using KadaluFsd.Contract;
using Microsoft.Data.Sqlite;

namespace KadaluFsd.Manager.State;

/// <summary>The tables, and how those of earlier versions become today's.</summary>
internal static class SqliteSchema
{
    // "KdSt": marks the file as ours (file(1), and whoever opens it).
    private const int ApplicationId = 0x4B645374;

    // Each makes of the version before it, beginning with none, the next one. What was released is never changed.
    private static readonly string[] s_migrations =
    [
        """
        CREATE TABLE revision (number INTEGER NOT NULL) STRICT;
        INSERT INTO revision VALUES (0);
        CREATE TABLE cluster (key TEXT PRIMARY KEY, revision INTEGER NOT NULL, document BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE nodes (key TEXT PRIMARY KEY, revision INTEGER NOT NULL, document BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE pools (key TEXT PRIMARY KEY, revision INTEGER NOT NULL, document BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE units (key TEXT PRIMARY KEY, revision INTEGER NOT NULL, document BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE ports (key TEXT PRIMARY KEY, revision INTEGER NOT NULL, document BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE tasks (key TEXT PRIMARY KEY, revision INTEGER NOT NULL, document BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE tokens (key TEXT PRIMARY KEY, revision INTEGER NOT NULL, document BLOB NOT NULL) STRICT, WITHOUT ROWID;
        """,
    ];

    /// <summary>The table of a kind.</summary>
    internal static string TableOf(StateKind kind) => kind switch
    {
        StateKind.Cluster => "cluster",
        StateKind.Nodes => "nodes",
        StateKind.Pools => "pools",
        StateKind.Units => "units",
        StateKind.Ports => "ports",
        StateKind.Tasks => "tasks",
        StateKind.Tokens => "tokens",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no table"),
    };

    /// <summary>Brings a file to today's version, in one transaction.</summary>
    /// <exception cref="CommandException">It is damaged, of another program, or of a later version of this one.</exception>
    internal static void Migrate(SqliteConnection connection, string path)
    {
        long version = Ask(connection, "PRAGMA user_version");
        long application = Ask(connection, "PRAGMA application_id");
        bool isEmpty = Ask(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        if (application != ApplicationId && !(isEmpty && version == 0))
        {
            throw new CommandException(ExitCode.PoolRefused, $"{path} is a database of another program");
        }

        if (version > s_migrations.Length)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"{path} is of a later version of this program: form {version}, not {s_migrations.Length}");
        }

        // One of today is not written to: the manager starts on a full disk too.
        if (application == ApplicationId && version == s_migrations.Length)
        {
            return;
        }

        using SqliteTransaction transaction = connection.BeginTransaction();
        for (long next = version; next < s_migrations.Length; next++)
        {
            Run(connection, transaction, s_migrations[next]);
        }

        string marks = string.Create(
            CultureInfo.InvariantCulture,
            $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {s_migrations.Length}");
        Run(connection, transaction, marks);
        transaction.Commit();
    }

    private static long Ask(SqliteConnection connection, string question)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = question;
        return (long)command.ExecuteScalar()!;
    }

    private static void Run(SqliteConnection connection, SqliteTransaction transaction, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
