using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KadaluFsd.Contract;
using KadaluFsd.Linux;

namespace KadaluFsd.Hosting;

/// <summary>
/// Listening sockets that the service manager passes to this process (sd_listen_fds(3)). They outlive the process: clients that
/// connect while it is restarted wait instead of being refused.
/// </summary>
public sealed class PassedSockets
{
    private const int First = 3;
    private const int Most = 64;

    private readonly List<Socket> _unclaimed = [];

    private PassedSockets()
    {
    }

    /// <summary>Passed sockets that are not claimed yet.</summary>
    public static PassedSockets All { get; } = new();

    /// <summary>
    /// Takes the sockets that the environment names, and removes the variables, which are not meant for child processes. To be
    /// called once, before anything else opens a descriptor.
    /// </summary>
    /// <returns>The number of passed descriptors, from 3 on.</returns>
    public static int TakeFromEnvironment()
    {
        string? pid = Environment.GetEnvironmentVariable("LISTEN_PID");
        string? count = Environment.GetEnvironmentVariable("LISTEN_FDS");
        if (pid is null && count is null)
        {
            return 0;
        }

        Environment.SetEnvironmentVariable("LISTEN_PID", null);
        Environment.SetEnvironmentVariable("LISTEN_FDS", null);
        Environment.SetEnvironmentVariable("LISTEN_FDNAMES", null);
        if (pid != Environment.ProcessId.ToString(CultureInfo.InvariantCulture) ||
            !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int passed) || passed > Most)
        {
            return 0;
        }

        for (int fd = First; fd < First + passed; fd++)
        {
            InheritedDescriptors.KeepFromChildren(fd);
            All._unclaimed.Add(new Socket(new SafeSocketHandle(fd, ownsHandle: true)));
        }

        return passed;
    }

    /// <summary>Claims the sockets that listen on a TCP port.</summary>
    /// <param name="addresses">Their addresses; none for any.</param>
    /// <param name="port">The port.</param>
    /// <returns>The sockets, owned by the caller; none where none were passed.</returns>
    public Socket[] Claim(IReadOnlyCollection<IPAddress> addresses, int port) => Claim(
        address => address is IPEndPoint ip && ip.Port == port && (addresses.Count == 0 || addresses.Contains(ip.Address)));

    /// <summary>Claims the sockets that listen on a path.</summary>
    public Socket[] Claim(string path) => Claim(address => address is UnixDomainSocketEndPoint && address.ToString() == path);

    /// <summary>Returns sockets, to be claimed again.</summary>
    public void Return(IEnumerable<Socket> sockets) => _unclaimed.AddRange(sockets);

    /// <summary>Checks that every passed socket was claimed: clients of another one would wait for ever.</summary>
    /// <exception cref="CommandException">One was not claimed.</exception>
    public void ExpectAllClaimed()
    {
        if (_unclaimed.Count > 0)
        {
            throw new CommandException(
                ExitCode.Usage,
                $"the service manager passes a socket that listens on {_unclaimed[0].LocalEndPoint}, where this process " +
                "does not listen");
        }
    }

    private Socket[] Claim(Func<EndPoint?, bool> isIt)
    {
        Socket[] claimed = [.. _unclaimed.Where(socket => isIt(socket.LocalEndPoint))];
        _unclaimed.RemoveAll(claimed.Contains);
        return claimed;
    }
}
