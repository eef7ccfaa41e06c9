using System.Globalization;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using KadaluFsd.Storage;

namespace KadaluFsd.Pools;

/// <summary>
/// Moves aside the contents of a directory, without copying anything. The whole directory becomes a sibling; the contents of a
/// mount point go below <c>.glusterfs</c>, where no client sees them.
/// </summary>
public static class DirectoryDiscard
{
    /// <summary>The directory below <c>.glusterfs</c> for the contents of a mount point.</summary>
    public const string Kept = "kadalu-discarded";

    // XATTR_SIZE_MAX.
    private const int MaxValue = 65_536;

    /// <summary>Chooses the place for the contents of a directory.</summary>
    /// <param name="now">The time, for the name.</param>
    /// <returns>A free path.</returns>
    public static string PlaceFor(string path, DateTime now)
    {
        string stamp = now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        string place = IsMountPoint(path) ? HiddenDirectory.PathIn(path, Kept, stamp) : $"{path}.discarded-{stamp}";
        int number = 1;
        string free = place;
        while (Path.Exists(free))
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{place}-{++number}");
        }

        return free;
    }

    /// <summary>
    /// Moves the contents there. Afterwards the directory is empty, or for a mount point has nothing of a unit in it.
    /// </summary>
    /// <param name="place">A place from <see cref="PlaceFor"/>.</param>
    /// <exception cref="IOException">They cannot be moved; the message says what is where.</exception>
    public static void Move(string path, string place)
    {
        if (!IsMountPoint(path))
        {
            Require(FileCalls.Rename(path, place), path, place);
            Directory.CreateDirectory(path, FileModes.Directory);
            return;
        }

        // First beside each other, because .glusterfs moves as well.
        string aside = Path.Combine(path, "." + Kept + "-" + Path.GetFileName(place));
        Directory.CreateDirectory(aside, FileModes.PrivateDirectory);
        MoveMarks(path, aside);
        MoveEntries(path, aside, except: aside);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!, FileModes.PrivateDirectory);
        Require(FileCalls.Rename(aside, place), aside, place);
    }

    /// <summary>Moves the contents back, if nothing new is in the directory.</summary>
    /// <param name="place">Where they were moved to.</param>
    /// <exception cref="IOException">They cannot be moved.</exception>
    public static void MoveBack(string path, string place)
    {
        if (!Directory.Exists(place))
        {
            return;
        }

        if (!IsMountPoint(path))
        {
            Require(FileCalls.Rename(place, path), place, path);
            return;
        }

        string aside = Path.Combine(path, "." + Kept + "-" + Path.GetFileName(place));
        Require(FileCalls.Rename(place, aside), place, aside);
        Directory.Delete(HiddenDirectory.PathIn(path), recursive: true);
        MoveMarks(aside, path);
        MoveEntries(aside, path, except: "");
        Directory.Delete(aside);
    }

    private static void MoveEntries(string from, string to, string except)
    {
        IEnumerable<string> entries = Directory.GetFileSystemEntries(from)
            .Where(entry => entry != except && Path.GetFileName(entry) != UnitDirectory.LostAndFound);
        foreach (string entry in entries)
        {
            string name = Path.Combine(to, Path.GetFileName(entry));
            Require(FileCalls.Rename(entry, name), entry, name);
        }
    }

    private static void MoveMarks(string from, string to)
    {
        _ = ExtendedAttribute.List(from, out string[] names);
        byte[] value = new byte[MaxValue];
        foreach (string name in names.Where(name => name.StartsWith(UnitDirectory.MarkPrefix, StringComparison.Ordinal)))
        {
            Errno error = ExtendedAttribute.Read(from, name, value, out int length);
            error = error == Errno.None ? ExtendedAttribute.Create(to, name, value.AsSpan(0, length)) : error;
            error = error is Errno.None or Errno.EEXIST ? ExtendedAttribute.Remove(from, name) : error;
            Require(error, $"{name} of {from}", to);
        }
    }

    // proc_pid_mountinfo(5): the fifth field, in which blanks and backslashes are octal.
    private static bool IsMountPoint(string path) =>
        File.ReadLines("/proc/self/mountinfo").Any(line => Unescape(line.Split(' ')[4]) == path);

    private static string Unescape(string field) =>
        field.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal)
        .Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);

    private static void Require(Errno error, string what, string to)
    {
        if (error != Errno.None)
        {
            throw new IOException($"{what} cannot be moved to {to}: {error.Describe()}");
        }
    }
}
