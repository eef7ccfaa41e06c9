using System.Globalization;
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

    /// <summary>The EXPORT block alone.</summary>
    [JsonIgnore]
    public string Block
    {
        get
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
                    Protocols = 3, 4;
                    Transports = TCP;
                    SecType = sys;
                    Squash = {{(IsRootTrusted ? "No_root_squash" : "Root_squash")}};
                    Access_Type = {{(Clients is null ? access : "None")}};{{clients}}
                    FSAL { Name = GLUSTER; Hostname = "{{Servers}}"; Volume = "{{Volume}}"; Volpath = "{{Directory}}"; }
                }

                """);
        }
    }

    /// <summary>The whole fragment, for <see cref="Parse"/> as well.</summary>
    public string ToText() => FragmentText.Write($"pool export nfs {Pool}", this, ExportJson.Default.NfsExport, Block);

    /// <summary>Reads a fragment.</summary>
    /// <returns>Null where it is not one that <see cref="ToText"/> has made.</returns>
    public static NfsExport? Parse(string text) => FragmentText.Read(text, ExportJson.Default.NfsExport);

    /// <summary>Rejects what cannot stand in a block, or means something else there.</summary>
    /// <exception cref="CommandException">Something cannot; says what.</exception>
    public void Check()
    {
        if (!PathText().IsMatch(Pseudo) || Pseudo.Split('/').Contains("..") || Pseudo == "/")
        {
            throw new CommandException(
                ExitCode.Usage,
                $"\"{Pseudo}\" is no path for NFS clients: /NAME, of letters, digits, \".\", \"_\", \"-\" and \"/\"");
        }

        if (!FragmentText.IsDirectory(Directory))
        {
            throw new CommandException(
                ExitCode.Usage,
                $"\"{Directory}\" is no directory of a pool: /PATH, without quotation marks and \"%\"");
        }

        if (Clients is not null && !ClientsText().IsMatch(Clients))
        {
            throw new CommandException(
                ExitCode.Usage, $"\"{Clients}\" are no clients: addresses, networks, names, @NETGROUPS, separated by commas");
        }

        if (!HasPoolServers)
        {
            CheckHost(Servers);
        }
    }

    /// <summary>Rejects what cannot be the host of a volfile server.</summary>
    /// <exception cref="CommandException">It cannot.</exception>
    public static void CheckHost(string text)
    {
        if (!GlusterAddress.IsHost(text))
        {
            throw new CommandException(ExitCode.Usage, $"\"{text}\" is not an address or a host name");
        }
    }

    [GeneratedRegex(@"^/[A-Za-z0-9._/-]*\z")]
    private static partial Regex PathText();

    [GeneratedRegex(@"^[A-Za-z0-9@*?._:/-]+(,[A-Za-z0-9@*?._:/-]+)*\z")]
    private static partial Regex ClientsText();
}
