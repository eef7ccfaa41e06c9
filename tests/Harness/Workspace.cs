using System.Collections.Concurrent;

namespace KadaluFsd.Harness;

/// <summary>A directory of one test, and everything it started: all gone when it is disposed.</summary>
public sealed class Workspace : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-it-");

    // Machines are started beside each other.
    private readonly ConcurrentStack<IAsyncDisposable> _started = new();

    internal string Root => _directory.FullName;

    /// <summary>Path of the program under test, as `make build` leaves it.</summary>
    internal static string Program { get; } = FindProgram();

    /// <summary>The checkout it was built from.</summary>
    internal static string Source { get; } =
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Program)!, "..", ".."));

    internal string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>Creates a directory below the workspace.</summary>
    internal string Create(params string[] parts) => Directory.CreateDirectory(Path(parts)).FullName;

    /// <summary>Leaves something to be disposed with the workspace, last started first.</summary>
    internal T Own<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Push(started);
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out IAsyncDisposable? started))
        {
            await started.DisposeAsync();
        }

        // Not by .NET, which does not find names that are not UTF-8.
        await Command.MustAsync("rm", "-r", _directory.FullName);
    }

    private static string FindProgram()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            string path = System.IO.Path.Combine(directory.FullName, "artifacts", "kadalu-fsd", "kadalu-fsd");
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new InvalidOperationException("artifacts/kadalu-fsd/kadalu-fsd is missing: run make build first");
    }
}
