using System.Text;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Storage;

/// <summary>
/// Identifies a unit's directory among all directories that were ever at its path: a file in <c>.glusterfs</c>, not removed when
/// the pool is deleted. Extended attributes of the directory itself would not do, since a heal makes them alike on all units.
/// </summary>
/// <param name="VolumeId">The pool's id.</param>
/// <param name="Id">The directory's own id, made once.</param>
public sealed record UnitMark(Guid VolumeId, Guid Id)
{
    /// <summary>The file's name in <c>.glusterfs</c>.</summary>
    public const string FileName = "kadalu-unit";

    private const string VolumeKey = "volume";
    private const string IdKey = "unit";

    /// <summary>Reads a directory's mark.</summary>
    /// <returns>The mark; null where there is none that can be read.</returns>
    public static UnitMark? Read(string directory) => UnitLines.Read(PathIn(directory)) is { } lines &&
        Guid.TryParse(lines.GetValueOrDefault(VolumeKey), out Guid volumeId) &&
        Guid.TryParse(lines.GetValueOrDefault(IdKey), out Guid id) ? new UnitMark(volumeId, id) : null;

    /// <summary>
    /// Writes it atomically and synced. A missing directory, such as one whose disk was just unmounted, is not created.
    /// </summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string directory) =>
        AtomicFile.Put(
            PathIn(directory), UnitLines.Of((VolumeKey, VolumeId.ToString()), (IdKey, Id.ToString())), FileModes.Secret,
            makesDirectory: false);

    private static string PathIn(string directory) => HiddenDirectory.PathIn(directory, FileName);
}

/// <summary>Small files of lines <c>key=value</c>.</summary>
public static class UnitLines
{
    private const int MaxLength = 8192;

    /// <summary>Reads one.</summary>
    /// <returns>Its lines; null where it does not exist, cannot be read or is too long.</returns>
    public static Dictionary<string, string>? Read(string path)
    {
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length > MaxLength)
            {
                return null;
            }

            var lines = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (string line in File.ReadAllLines(path))
            {
                int end = line.IndexOf('=', StringComparison.Ordinal);
                if (end > 0)
                {
                    lines[line[..end]] = line[(end + 1)..];
                }
            }

            return lines;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The content of one.</summary>
    public static byte[] Of(params (string Key, string Value)[] lines) =>
        Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"{line.Key}={line.Value}\n")));
}
