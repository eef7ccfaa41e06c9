using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using KadaluFsd.Rpc;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Volgen;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>A volfile that was checked, with its encoded replies. Immutable.</summary>
public sealed class StoredVolfile
{
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // protocol/client's, and auth.login.NAME.password of protocol/server.
    private const string PasswordOption = "password";
    private const string PasswordEnding = ".password";

    private readonly byte[] _bytes;
    private readonly ServerList _servers;

    // Replies for each network with host names of its own, after the one for all other networks.
    private readonly ImmutableArray<ReadOnlyMemory<byte>> _repliesWithServers;

    private StoredVolfile(string key, byte[] bytes, Volfile volfile, ServerList servers)
    {
        Key = key;
        _bytes = bytes;
        Length = bytes.Length;
        HashBytes = SHA256.HashData(bytes);
        Hash = Convert.ToHexStringLower(HashBytes.Span);
        VolumeId = volfile.Volumes.Select(volume => volume["volume-id"])
            .Select(text => Guid.TryParseExact(text, "D", out Guid id) ? (Guid?)id : null).FirstOrDefault(id => id is not null);
        IsUnit = volfile.Top.Type == UnitVolfile.ServerType;
        UnitDirectory = volfile.OfType(UnitVolfile.PosixType).FirstOrDefault()?["directory"];
        UnitPort = int.TryParse(volfile.Top["transport.socket.listen-port"] ?? volfile.Top["listen-port"], out int port)
            ? port
            : null;
        Volume[] clients = [.. volfile.OfType("protocol/client")];
        Hosts = [.. clients.Select(client => client["remote-host"]).OfType<string>().Distinct()];
        RemoteDirectories =
            clients.Select(client => client["remote-subvolume"]).OfType<string>().ToFrozenSet(StringComparer.Ordinal);
        IsHealDaemon = volfile.Volumes.Any(volume => GlusterBoolean.IsTrue(volume[HealVolfile.DaemonOption] ?? ""));
        IsSecret = (IsUnit || IsHealDaemon) && volfile.Volumes.SelectMany(volume => volume.Options)
            .Any(option => option.Key == PasswordOption || option.Key.EndsWith(PasswordEnding, StringComparison.Ordinal));
        Reply = GetSpecReply.Found(bytes).Encode();
        _servers = servers;
        _repliesWithServers = [.. Enumerable.Range(-1, servers.NetworkCount + 1).Select(network =>
            servers.For(Hosts, network) is { } list ? (GetSpecReply.Found(bytes) with { Xdata = list }).Encode() : Reply)];
    }

    /// <summary>The key it is fetched by.</summary>
    public string Key { get; }

    /// <summary>Its text.</summary>
    public string Text => s_strictUtf8.GetString(_bytes);

    /// <summary>Its length in bytes.</summary>
    public int Length { get; }

    /// <summary>SHA-256 of its bytes, in lower-case hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>SHA-256 of its bytes.</summary>
    internal ReadOnlyMemory<byte> HashBytes { get; }

    /// <summary>The volume id it names; null where it names none.</summary>
    internal Guid? VolumeId { get; }

    /// <summary>Whether it is a storage unit's own.</summary>
    internal bool IsUnit { get; }

    /// <summary>Whether it is a heal daemon's.</summary>
    internal bool IsHealDaemon { get; }

    /// <summary>
    /// Whether it is one of these two and has a password in it. A password in a client's volfile is meant for everyone who may
    /// fetch that.
    /// </summary>
    internal bool IsSecret { get; }

    /// <summary>The hosts of the units it connects to, in its order.</summary>
    internal ImmutableArray<string> Hosts { get; }

    /// <summary>The directories of the units it connects to.</summary>
    internal FrozenSet<string> RemoteDirectories { get; }

    /// <summary>For a storage unit's own: the unit's directory.</summary>
    internal string? UnitDirectory { get; }

    /// <summary>For a storage unit's own: the port its server is told to listen on.</summary>
    internal int? UnitPort { get; }

    /// <summary>GETSPEC's results, as XDR.</summary>
    internal ReadOnlyMemory<byte> Reply { get; }

    /// <summary>GETSPEC's results for a client that asks for a server list as well.</summary>
    /// <param name="address">The client's address; null for one on a unix socket.</param>
    /// <returns>The results, as XDR.</returns>
    internal ReadOnlyMemory<byte> ReplyWithServers(IPAddress? address) => _repliesWithServers[_servers.NetworkOf(address) + 1];

    /// <summary>Checks a volfile.</summary>
    /// <param name="key">The key it is fetched by.</param>
    /// <param name="bytes">Its bytes; must not change afterwards.</param>
    /// <exception cref="VolfileException">It cannot be served; says why.</exception>
    internal static StoredVolfile Check(string key, byte[] bytes, ServerList servers)
    {
        if (bytes.Length > RpcLimits.MaxVolfile)
        {
            throw new VolfileException(0, $"longer than {RpcLimits.MaxVolfile} bytes");
        }

        try
        {
            return new StoredVolfile(key, bytes, VolfileParser.Parse(s_strictUtf8.GetString(bytes)), servers);
        }
        catch (DecoderFallbackException exception)
        {
            throw new VolfileException(0, $"byte {exception.Index} is not UTF-8");
        }
    }
}
