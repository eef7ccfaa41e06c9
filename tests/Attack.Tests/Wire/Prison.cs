using KadaluFsd.Harness;

namespace KadaluFsd.Attack.Tests.Wire;

/// <summary>A running unit with things around its directory that nobody may reach through it.</summary>
internal sealed class Prison
{
    /// <summary>What stands in the files outside.</summary>
    internal const string Secret = "nobody is to read this";

    private readonly Workspace _workspace;

    private Prison(Workspace workspace, UnitDefinition unit, UnitProcess process, string outside)
    {
        (_workspace, Unit, Process, Outside) = (workspace, unit, process, outside);
    }

    internal UnitDefinition Unit { get; }

    internal UnitProcess Process { get; }

    /// <summary>A directory of mode 0700 with the file <c>secret</c> of mode 0600 and the empty directory <c>empty</c>.</summary>
    internal string Outside { get; }

    internal static async Task<Prison> CreateAsync(Workspace workspace, UnitDefinition unit, params string[] arguments)
    {
        string outside = workspace.Create("outside");
        foreach (string directory in new[] { outside, Path.GetDirectoryName(unit.Directory)! })
        {
            await File.WriteAllTextAsync(Path.Combine(directory, "secret"), Secret);
            File.SetUnixFileMode(Path.Combine(directory, "secret"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Directory.CreateDirectory(Path.Combine(directory, "empty"));
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new Prison(workspace, unit, await UnitProcess.StartAsync(workspace, unit, arguments), outside);
    }

    internal Task<WireClient> EnterAsync(string? subdirectory = null) =>
        WireClient.EnterAsync(Unit.Port, Unit.Directory, subdirectory);

    /// <summary>
    /// Everything outside that a request could change: names, kinds, modes, owners, lengths, times, attributes, contents.
    /// </summary>
    internal Task<string> LookOutsideAsync() => Command.MustAsync(
        "bash", "-ec",
        """
        cd "$1"
        find outside units -path "units/$2" -prune -o -printf '%p %y %m %U:%G %s %T@ %l\n' | sort
        find outside units -path "units/$2" -prune -o -type f -print | sort | xargs sha256sum
        find outside units -path "units/$2" -prune -o -print | sort | xargs getfattr -h -d -m - 2> /dev/null
        """,
        "look", _workspace.Root, Path.GetFileName(Unit.Directory));

    /// <summary>Where the handle of a gfid is.</summary>
    internal string Handle(Guid gfid)
    {
        string text = gfid.ToString("D");
        return Path.Combine(Unit.Directory, ".glusterfs", text[..2], text[2..4], text);
    }
}
