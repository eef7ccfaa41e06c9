using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using KadaluFsd.Contract;
using KadaluFsd.Volgen;

namespace KadaluFsd.Pools.Exports;

/// <summary>A pool that NFS-Ganesha exports: an EXPORT block with one client of the pool, its FSAL for GlusterFS.</summary>
/// <param name="Number">Export_Id, 1 to 65535: what NFS clients' file handles begin with, so that it must stay.</param>
/// <param name="Pool">The pool's name.</param>
/// <param name="Volume">The pool's id: NFS-Ganesha takes volumes of one name for one volume.</param>
/// <param name="Servers">Where its FSAL fetches the volfile. A host, on port 24007: Debian's FSAL knows no other port.</param>
/// <param name="Pseudo">The path that NFS clients mount, in every version of NFS.</param>
public sealed partial record NfsExport(int Number, string Pool, string Volume, string Servers, string Pseudo)
{
    /// <summary>The first Export_Id that is given: people give their own exports the first ones.</summary>
    public const int FirstNumber = 101;

    /// <summary>The largest Export_Id.</summary>
    public const int LastNumber = 65535;

    // Debian's user nobody and group nogroup. NFS-Ganesha's own default is a number that no system has a name for.
    private const int Nobody = 65534;

    // Words of NFS-Ganesha's configuration.
    private static readonly string[] s_truths = ["true", "false", "yes", "no", "on", "off"];

    /// <summary>The directory of the pool that is exported.</summary>
    public string Directory { get; init; } = "/";

    /// <summary>Whether clients may not write.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether root on a client is root in the pool; nobody otherwise, as with the kernel's NFS server.</summary>
    public bool IsRootTrusted { get; init; }

    /// <summary>Which clients may mount it: addresses, networks, names, netgroups, separated by commas; null for all.</summary>
    public string? Clients { get; init; }

    /// <summary>Whether its servers are the pool's own with their ports, for the FSAL of the package nfs-ganesha-kadalu.</summary>
    public bool HasPoolServers { get; init; }

    /// <summary>Who may do what, as people read it.</summary>
    [JsonIgnore]
    public string Terms =>
        $"{(IsReadOnly ? "read-only" : "writable")} for {Clients ?? "all clients"}, whose root is {(IsRootTrusted ? "root" : "nobody")}";

    /// <summary>
    /// Tag: the pool and a digest of what a running NFS-Ganesha cannot change of an export, all but who may do what. It tells the tag,
    /// and so which of its exports are this program's, and whether one can become what the fragment says.
    /// </summary>
    [JsonIgnore]
    public string Tag
    {
        get
        {
            string lasting = (this with { IsReadOnly = false, IsRootTrusted = false, Clients = null }).FormBlock("");
            return $"kadalu.{Pool}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lasting))[..8])}";
        }
    }

    /// <summary>The EXPORT block alone.</summary>
    [JsonIgnore]
    public string Block => FormBlock(Tag);

    /// <summary>Whether a tag is one of a pool's exports.</summary>
    /// <param name="pool">The pool's name, which has no ".".</param>
    internal static bool IsTagOf(string pool, string tag) => tag.StartsWith($"kadalu.{pool}.", StringComparison.Ordinal);

    /// <summary>The whole fragment, for <see cref="Parse"/> as well.</summary>
    public string ToText() => FragmentText.Write($"pool export nfs {Pool}", this, ExportJson.Default.NfsExport, Block);

    /// <summary>Reads a pool's fragment.</summary>
    /// <returns>Null where it is not one that <see cref="ToText"/> has made for this pool.</returns>
    public static NfsExport? Parse(string pool, string text)
    {
        try
        {
            NfsExport? export = FragmentText.Read(text, ExportJson.Default.NfsExport);
            export?.Check();
            return export?.Pool == pool ? export : null;
        }
        catch (CommandException)
        {
            return null;
        }
    }

    /// <summary>Rejects what cannot stand in a block, or means something else there.</summary>
    /// <exception cref="CommandException">Something cannot; says what.</exception>
    public void Check()
    {
        string? problem =
            Number is < 1 or > LastNumber ? $"{Number} is no Export_Id: a whole number from 1 to {LastNumber}"
            : !PathText().IsMatch(Pseudo) || Pseudo.Split('/').Any(part => part is "." or "..")
                ? $"\"{Pseudo}\" is no path for NFS clients: /NAME, of letters, digits, \".\", \"_\", \"-\", with single \"/\""
            : !FragmentText.IsDirectory(Directory)
                ? $"\"{Directory}\" is no directory of a pool: /PATH, without quotation marks and \"%\""
            : Clients?.Split(',').Contains(NfsTerms.AllClients, StringComparer.OrdinalIgnoreCase) == true
                ? $"\"{NfsTerms.AllClients}\" stands alone: it leaves nobody else to name"
            : Clients?.Split(',').FirstOrDefault(client => !IsClient(client)) is { } wrong
                ? $"\"{wrong}\" is no client: an address, a network, a name with or without *, @NETGROUP"
            : HasPoolServers
                ? Servers.Split(", ").All(server => ServerText().IsMatch(server)) ? null : $"\"{Servers}\" are no servers"
            : GlusterAddress.IsHost(Servers) ? null : $"\"{Servers}\" is not an address or a host name";
        if (problem is not null)
        {
            throw new CommandException(ExitCode.Usage, problem);
        }
    }

    private string FormBlock(string tag)
    {
        string access = IsReadOnly ? "RO" : "RW";
        string clients = Clients is null ? "" : $$"""

                CLIENT { Clients = {{Clients}}; Access_Type = {{access}}; }
            """;
        return string.Create(CultureInfo.InvariantCulture, $$"""
            EXPORT {
                Export_Id = {{Number}};
                Path = "{{Pseudo}}";
                Pseudo = "{{Pseudo}}";
                Tag = "{{tag}}";
                Protocols = 3, 4;
                Transports = TCP;
                SecType = sys;
                Squash = {{(IsRootTrusted ? "No_root_squash" : "Root_squash")}};
                Anonymous_Uid = {{Nobody}};
                Anonymous_Gid = {{Nobody}};
                Access_Type = {{(Clients is null ? access : "None")}};{{clients}}
                FSAL { Name = GLUSTER; Hostname = "{{Servers}}"; Volume = "{{Volume}}"; Volpath = "{{Directory}}"; }
            }

            """);
    }

    // NFS-Ganesha does not start at all when its parser does not know one, and forgets the export when it takes one for a number.
    private static bool IsClient(string text) => text.Split('/') switch
    {
        [var address, var length] =>
            IsAddress(address) && LengthText().IsMatch(length) &&
            int.Parse(length, CultureInfo.InvariantCulture) is var bits and > 0 &&
            bits <= (address.Contains(':', StringComparison.Ordinal) ? 128 : 32),
        [var name] =>
            IsAddress(name) || (ClientText().IsMatch(name) && !s_truths.Contains(name, StringComparer.OrdinalIgnoreCase)),
        _ => false,
    };

    // In full: .NET reads shorter forms, hexadecimal ones, and addresses with a port or a scope as well.
    private static bool IsAddress(string text) =>
        AddressText().IsMatch(text) && IPAddress.TryParse(text, out IPAddress? address) &&
        (text.Contains(':', StringComparison.Ordinal) || address.ToString() == text);

    [GeneratedRegex(@"^(/[A-Za-z0-9._-]+)+\z")]
    private static partial Regex PathText();

    [GeneratedRegex(@"^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}\z")]
    private static partial Regex ServerText();

    [GeneratedRegex(@"^([0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\z")]
    private static partial Regex AddressText();

    [GeneratedRegex(@"^(0|[1-9][0-9]{0,2})\z")]
    private static partial Regex LengthText();

    // With a letter, or a wildcard: something else is a number for NFS-Ganesha.
    [GeneratedRegex(
        @"^(?=.*[A-Za-z*?])(?!0x)" +
        @"(\*|@?[A-Za-z0-9*?]([A-Za-z0-9*?_-]*[A-Za-z0-9*?])?(\.[A-Za-z0-9*?]([A-Za-z0-9*?_-]*[A-Za-z0-9*?])?)*)\z")]
    private static partial Regex ClientText();
}
