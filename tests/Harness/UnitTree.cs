using System.Globalization;

namespace KadaluFsd.Harness;

/// <summary>Files of every kind, and what a unit or a mount has of them.</summary>
internal static class UnitTree
{
    /// <summary>
    /// Makes them: directories, small and larger files, none at all, symbolic and hard links, a FIFO; with owners, modes,
    /// attributes.
    /// </summary>
    internal static Task WriteAsync(string root, string name) => Command.MustAsync("sh", "-ec", string.Create(CultureInfo.InvariantCulture, $"""
        cd '{root}'; mkdir '{name}'; cd '{name}'
        for d in 1 2 3; do mkdir -p "$d/deep/er"; for f in 1 2 3 4 5; do echo "{name} $d $f" > "$d/file$f"; echo "{name} $d $f deep" > "$d/deep/er/file$f"; done; done
        head -c 300000 /dev/urandom > large; : > nothing; mkdir empty; ln -s 1/file1 link; ln 1/file1 hard; mkfifo fifo
        chmod 2751 1; chown 1000:1001 2 2/file1; chmod 0600 3/file2; chown -h 1000:1000 link; setfattr -n user.a -v b 1/file2; setfattr -n user.c -v d 3; touch -d 2001-02-03 3/file3
        """));

    /// <summary>
    /// Everything below a directory that is to be the same on all units of a mirror: names, kinds, modes, owners, links,
    /// contents, attributes.
    /// </summary>
    /// <param name="root">A unit's directory, or a mount.</param>
    /// <param name="withContents">Whether it holds contents; an arbiter holds none, a unit of a disperse group its own.</param>
    /// <param name="withTimes">Whether times of change count: those that clients see are attributes, the units' own are when each
    /// of them did it.</param>
    internal static async Task<string> ReadAsync(string root, bool withContents = true, bool withTimes = false) =>
        await Command.MustAsync("sh", "-ec", $"""
            cd '{root}'
            find . -path './.glusterfs*' -prune -o -name lost+found -prune -o \( -type f -printf '%P %y %m %U %G {(withContents ? "%s " : "")}{(withTimes ? "%T@ " : "")}\n' , ! -type f -printf '%P %y %m %U %G %l\n' \) | LC_ALL=C sort
            find . -path './.glusterfs*' -prune -o -mindepth 1 -print0 | LC_ALL=C sort -z | xargs -0 -r getfattr -h -d -m '^user\.' 2>/dev/null
            """) +
        (withContents
            ? await Command.MustAsync("sh", "-ec",
                $"cd '{root}'; find . -path './.glusterfs*' -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 -r " +
                "md5sum") : "");
}
