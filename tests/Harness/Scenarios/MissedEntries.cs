using System.Globalization;

namespace KadaluFsd.Harness.Scenarios;

/// <summary>What happens in a pool while one of its units is away and misses it.</summary>
internal static class MissedEntries
{
    private const int Count = 10;

    /// <summary>Directories with files, and files with four names each.</summary>
    internal static Task PrepareAsync(string directory) => ScriptAsync(directory, """
        mkdir a b links
        for d in $(seq COUNT); do
          mkdir a/d$d
          for f in $(seq COUNT); do echo $d$f > a/d$d/f$f; done
          echo $d > links/f$d; for l in 1 2 3; do ln links/f$d links/f$d.$l; done
        done
        """);

    /// <summary>
    /// Everything that can be made, each with its metadata changed at once, as copies of trees do it; and more names for what is
    /// new.
    /// </summary>
    internal static Task MakeAsync(string directory) => ScriptAsync(directory, """
        mkdir new
        cd new
        for n in $(seq COUNT); do
          ln -s target$n link$n; chown -h 1000:1001 link$n; touch -h -d 2001-02-03 link$n
          ln link$n link$n.again
          mknod character$n c 4000 $n; chown 5:6 character$n
          mknod block$n b 4001 $n; chmod 600 block$n
          mkfifo fifo$n; chown 7:8 fifo$n; chmod 604 fifo$n; ln fifo$n fifo$n.again
          perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un($ARGV[0])) or die' socket$n; chown 9:9 socket$n
          echo $n > file$n; chown 3:3 file$n; setfattr -n user.churn -v value$n file$n; ln file$n file$n.again
          mkdir directory$n; chown 4:4 directory$n; ln -s target directory$n/link; chown -h 77:78 directory$n/link
        done
        """);

    /// <summary>Directories are moved to another one, and of each file's four names two go.</summary>
    internal static Task MoveAndRemoveAsync(string directory) => ScriptAsync(directory, """
        for d in $(seq COUNT); do mv a/d$d b/d$d; rm links/f$d.1 links/f$d.3; done
        """);

    private static Task<string> ScriptAsync(string directory, string script) => Command.MustAsync(
        "bash", "-euo", "pipefail", "-c",
        $"cd {directory}\n{script.Replace("COUNT", Count.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)}");
}
