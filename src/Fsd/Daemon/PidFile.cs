using System.Globalization;

namespace KadaluFsd.Fsd.Daemon;

/// <summary>A file with this process's id, for managers that know their processes by it.</summary>
internal sealed class PidFile : IDisposable
{
    private readonly string _path;

    private PidFile(string path) => _path = path;

    private static string Content { get; } = Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n";

    /// <summary>Writes the file, in one step.</summary>
    /// <param name="path">Its path; its directory is created. Null for none.</param>
    /// <returns>The file; null for none.</returns>
    /// <exception cref="StartException">It cannot be written.</exception>
    internal static PidFile? Write(string? path)
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            string whole = path + ".new";
            File.WriteAllText(whole, Content);
            File.Move(whole, path, overwrite: true);
            return new PidFile(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException(ExitCode.Usage, $"cannot write the pid file {path}: {exception.Message}");
        }
    }

    /// <summary>
    /// Removes the file if it is still this process's: a manager may have removed it already and started the next one. That one writes
    /// its own only when it has the unit's directory, or the heal daemon's control socket, which this one still has.
    /// </summary>
    public void Dispose()
    {
        try
        {
            if (File.ReadAllText(_path) == Content)
            {
                File.Delete(_path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Gone already, mostly.
        }
    }
}
