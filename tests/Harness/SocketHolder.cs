using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>
/// Stands in for a service manager that listens on a port and passes the socket to a unit, again and again (sd_listen_fds(3)).
/// </summary>
internal sealed class SocketHolder : IAsyncDisposable
{
    // One socket for IPv4 and IPv6, as systemd makes it. Each line it reads starts the program; it says with which id, and how it
    // ended.
    private const string Script = """
        use strict; use Socket; use POSIX ();
        $| = 1; $^F = 10;
        my $port = shift;
        socket(my $listener, PF_INET6, SOCK_STREAM, 0) or die "socket: $!";
        setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1);
        bind($listener, pack_sockaddr_in6($port, Socket::IN6ADDR_ANY)) or die "bind: $!";
        listen($listener, 1024) or die "listen: $!";
        POSIX::dup2(fileno($listener), 3) if fileno($listener) != 3;
        while (<STDIN>) {
          my $pid = fork;
          if (!$pid) { $ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = 1; exec @ARGV or POSIX::_exit(127); }
          print "$pid\n";
          waitpid($pid, 0);
          print $? >> 8, "\n";
        }
        """;

    private readonly Process _process;
    private int? _pid;

    private SocketHolder(Process process) => _process = process;

    internal static SocketHolder Create(Workspace workspace, int port, NotifySocket notify, params string[] command) =>
        workspace.Own(new SocketHolder(Command.Start(
        "perl", ["-e", Script, port.ToString(CultureInfo.InvariantCulture), .. command],
        new Dictionary<string, string> { ["NOTIFY_SOCKET"] = notify.Path })));

    /// <summary>Starts the program.</summary>
    /// <returns>Its process's id.</returns>
    internal async Task<int> StartAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
        _pid = await ReadAsync();
        return _pid.Value;
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    internal async Task<int> EndAsync()
    {
        int code = await ReadAsync();
        _pid = null;
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        if (_pid is { } pid)
        {
            await Command.RunAsync("kill", "-KILL", pid.ToString(CultureInfo.InvariantCulture));
        }

        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<int> ReadAsync()
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        string? line = await _process.StandardOutput.ReadLineAsync(limit.Token);
        return int.Parse(line ?? await _process.StandardError.ReadToEndAsync(limit.Token), CultureInfo.InvariantCulture);
    }
}
