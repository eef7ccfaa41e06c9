using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Storage;

/// <summary>
/// Records outside of a unit's directory which directory the unit has served, in a file beside its volfile: so an empty disk is
/// told from a new unit, even if the volume id has been written to it. Without it no client would know that files are missing.
/// </summary>
/// <param name="volumeId">The volume's id; null where the unit has none.</param>
public sealed class UnitRecord(string volfile, string directory, Guid? volumeId)
{
    private const string Ending = ".unit";
    private const string DirectoryKey = "directory";
    private const string VolumeKey = "volume";
    private const string IdKey = "unit";

    private readonly string _path = PathFor(volfile);
    private readonly Guid _volumeId = volumeId ?? Guid.Empty;

    /// <summary>Where the record of a unit is.</summary>
    public static string PathFor(string volfile) =>
        (volfile.EndsWith(".vol", StringComparison.Ordinal) ? volfile[..^4] : volfile) + Ending;

    /// <summary>
    /// Checks that the directory is the one that this unit has served, if it has served one for this pool at this path. Changes
    /// nothing.
    /// </summary>
    /// <exception cref="CommandException">It is another one.</exception>
    public void Check()
    {
        if (ReadId() is { } served && UnitMark.Read(directory)?.Id != served)
        {
            throw new CommandException(
                ExitCode.DirectoryRefused,
                $"unit directory {directory}: this is not the directory that the unit has served here: is its file system " +
                "mounted? If its disk was replaced, " +
                $"kadalu unit replace POOL NODE:{directory} has everything healed onto the new one; who knows " +
                $"better removes {_path}");
        }
    }

    /// <summary>
    /// Records the directory, and writes a mark to it if it has none. Called when clients are served, so that a start does not
    /// wait for the disk.
    /// </summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Keep()
    {
        if (UnitMark.Read(directory) is not { } mark || mark.VolumeId != _volumeId)
        {
            // On disk before the record that refers to it.
            mark = new UnitMark(_volumeId, Guid.NewGuid());
            mark.Write(directory);
        }

        if (ReadId() != mark.Id)
        {
            Write(mark.Id);
        }
    }

    /// <summary>Records a directory that does not exist: whatever is at the path is refused until this is removed.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Block() => Write(Guid.NewGuid());

    /// <summary>Removes the record: whatever is at the path next is served.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public void Remove()
    {
        if (Directory.Exists(Path.GetDirectoryName(_path)))
        {
            File.Delete(_path);
        }
    }

    private void Write(Guid id) =>
        AtomicFile.Put(
            _path, UnitLines.Of((DirectoryKey, directory), (VolumeKey, _volumeId.ToString()), (IdKey, id.ToString())),
            FileModes.Secret);

    private Guid? ReadId() => UnitLines.Read(_path) is { } lines && lines.GetValueOrDefault(DirectoryKey) == directory &&
        lines.GetValueOrDefault(VolumeKey) == _volumeId.ToString() &&
        Guid.TryParse(lines.GetValueOrDefault(IdKey), out Guid id) ? id : null;
}
