using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using KadaluFsd.Contract;

namespace KadaluFsd.Pools.Exports;

/// <summary>A share of smb.conf(5): a pool, by Samba's module vfs_glusterfs.</summary>
/// <param name="Name">What SMB clients call it.</param>
/// <param name="Pool">The pool's name.</param>
/// <param name="Volume">The pool's id: a share of an earlier pool of this name is not this one's.</param>
/// <param name="Servers">The pool's volfile servers, as vfs_glusterfs(8) takes them.</param>
public sealed partial record SambaShare(string Name, string Pool, string Volume, string Servers)
{
    // Names that mean something else in smb.conf, and shares that are there by themselves.
    private static readonly string[] s_reserved = ["global", "globals", "homes", "printers", "ipc"];

    /// <summary>The directory of the pool that is shared.</summary>
    public string Directory { get; init; } = "/";

    /// <summary>Whether clients may not write.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The section alone.</summary>
    [JsonIgnore]
    public string Section => $"""
        [{Name}]
            path = {Directory}
            read only = {(IsReadOnly ? "yes" : "no")}
            kernel share modes = no
            vfs objects = glusterfs
            glusterfs:volume = {Pool}
            glusterfs:volfile_server = {Servers}

        """;

    /// <summary>The whole fragment, for <see cref="Parse"/> as well.</summary>
    public string ToText() => FragmentText.Write($"pool export smb {Pool}", this, ExportJson.Default.SambaShare, Section);

    /// <summary>Reads a pool's fragment.</summary>
    /// <returns>Null where it is not one that <see cref="ToText"/> has made for this pool.</returns>
    public static SambaShare? Parse(string pool, string text)
    {
        try
        {
            SambaShare? share = FragmentText.Read(text, ExportJson.Default.SambaShare);
            share?.Check();
            return share?.Pool == pool ? share : null;
        }
        catch (CommandException)
        {
            return null;
        }
    }

    /// <summary>Rejects what cannot stand in a section, or means something else there.</summary>
    /// <exception cref="CommandException">Something cannot; says what.</exception>
    public void Check()
    {
        string? problem =
            !NameText().IsMatch(Name) || s_reserved.Contains(Name, StringComparer.OrdinalIgnoreCase)
                ? $"\"{Name}\" is no name for a share: letters, digits, \".\", \"_\" and \"-\", and none of Samba's own"
            : !FragmentText.IsDirectory(Directory)
                ? $"\"{Directory}\" is no directory of a pool: /PATH, without quotation marks and \"%\""
            : !ServersText().IsMatch(Servers) ? $"\"{Servers}\" are no servers" : null;
        if (problem is not null)
        {
            throw new CommandException(ExitCode.Usage, problem);
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}\z")]
    private static partial Regex NameText();

    [GeneratedRegex(@"^[A-Za-z0-9.:\[\]-]+( [A-Za-z0-9.:\[\]-]+)*\z")]
    private static partial Regex ServersText();
}
