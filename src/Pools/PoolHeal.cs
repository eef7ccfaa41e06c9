using System.Diagnostics;
using System.Globalization;
using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Graphs;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>What has to be healed in a pool, as GlusterFS's own glfsheal finds it, and how split-brain is resolved.</summary>
/// <param name="volfiles">Generates its volfile, as of a trusted client.</param>
/// <param name="translatorDirectory">GlusterFS's directory of translators; glfsheal is near it.</param>
/// <param name="node">This node, whose units know paths that glfsheal does not.</param>
public sealed class PoolHeal(PoolVolfiles volfiles, string translatorDirectory, ThisNode node)
{
    private static readonly string[] s_switches = ["cluster.self-heal-daemon", "cluster.disperse-self-heal-daemon"];

    /// <summary>Checks that the pool has redundancy.</summary>
    /// <exception cref="CommandException">It has none.</exception>
    public static void RequireCopies(Pool pool)
    {
        if (!pool.CanHeal)
        {
            throw new CommandException(
                ExitCode.PoolRefused, $"{pool.Name} has no second copy of anything: there is nothing to heal from");
        }
    }

    /// <summary>Lists what has to be healed.</summary>
    /// <param name="onlySplitBrain">Whether only files in split-brain are listed.</param>
    /// <exception cref="CommandException">glfsheal fails.</exception>
    public async Task<HealList[]> ListAsync(Pool pool, bool onlySplitBrain, CancellationToken cancellation = default)
    {
        if (onlySplitBrain && pool.Groups[0].Kind is not (GroupKind.Mirror or GroupKind.Arbiter))
        {
            throw new CommandException(ExitCode.PoolRefused, $"{pool.Name} is no mirror: it has no split-brain");
        }

        string[] words = onlySplitBrain ? ["split-brain-info"] : [];
        (int code, string output) = await RunAsync(pool, words, cancellation);
        HealList[]? lists = code == 0
            ? HealListing.Parse(output, [.. pool.Units.Select(member => member.Unit.Address)], onlySplitBrain) : null;
        if (code == 0 && lists is null)
        {
            // Names with line breaks.
            (code, output) = await RunAsync(pool, words, cancellation, isXml: true);
            lists = code == 0 ? TryParseXml(output, onlySplitBrain) ?? (onlySplitBrain ? null : ReadIndices(pool)) : null;
            output = code == 0 ? "glfsheal cannot list files, for one of their names" : output;
        }

        return lists is not null ? NameAlike(pool, lists) : throw new CommandException(ExitCode.PoolRefused, output.Trim());
    }

    /// <summary>Resolves split-brain in favour of one copy.</summary>
    /// <param name="source">The unit with the right copy, for <see cref="SplitBrainPolicy.Source"/>; otherwise null.</param>
    /// <param name="file">The path from the root of the pool; null for every file in split-brain, with a source.</param>
    /// <exception cref="CommandException">It cannot be done; the message says why.</exception>
    public async Task<string> ResolveAsync(
        Pool pool, SplitBrainPolicy policy, string? source, string? file, CancellationToken cancellation = default)
    {
        string[] words = policy switch
        {
            SplitBrainPolicy.BiggerFile => ["bigger-file", file!],
            SplitBrainPolicy.LatestMtime => ["latest-mtime", file!],
            _ => ["source-brick", source!, .. file is null ? Array.Empty<string>() : [file]],
        };
        (int code, string output) = await RunAsync(pool, words, cancellation);
        return code == 0 ? output.Trim() : throw new CommandException(ExitCode.PoolRefused, output.Trim());
    }

    // Null for names that XML cannot have either, such as those that are not UTF-8.
    private static HealList[]? TryParseXml(string output, bool onlySplitBrain)
    {
        try
        {
            return HealListing.ParseXml(output, onlySplitBrain);
        }
        catch (System.Xml.XmlException)
        {
            return null;
        }
    }

    // What the units of this node have noted, some of which may be healed already; the others cannot be asked like that.
    private HealList[] ReadIndices(Pool pool)
    {
        HashSet<string> here = [.. node.UnitsOf(pool).Select(member => member.Unit.Path)];
        return [.. pool.Members.Select(member => member.Unit).Select(unit => here.Contains(unit.Path)
            ? new HealList(unit.Address, HealList.Connected, [.. UnitIndex.Read(unit.Path).Select(HealEntry.Of)])
            : new HealList(unit.Address, "glfsheal cannot list it, for a file's name: ask on its node", []))];
    }

    /// <summary>The option that switches off a pool's self-heal daemons.</summary>
    /// <returns>The option; null where they heal.</returns>
    public static string? FindSwitchedOff(Pool pool) =>
        s_switches.FirstOrDefault(option => GlusterBoolean.IsFalse(pool.Options.GetValueOrDefault(option, "")));

    // glfsheal prints the path of a file that is in its cache already, and the gfid otherwise: a file may be listed by its path
    // for one unit and by its gfid for another.
    private HealList[] NameAlike(Pool pool, IEnumerable<HealList> lists)
    {
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] directories =
            [.. node.UnitsWithFilesOf(pool).Select(member => member.Unit.Path)];
        return [.. lists.Select(
            list =>
                list with { Entries = [
                    .. list.Entries.Select(
                        entry => IsName(entry.Line)
                            ? new HealEntry(entry.Line!, entry.IsSplitBrain, IsHealing: false)
                            : entry with { Path = PathOf(entry.Path) })] })];

        // A name may end like a line that has a state.
        bool IsName(string? line) =>
            line is not null && directories.Any(directory => FileStatus.ReadLink(directory + line, out _) == Errno.None);

        string PathOf(string path)
        {
            if (!path.StartsWith(HealEntry.GfidMark, StringComparison.Ordinal) ||
                !Guid.TryParseExact(path[HealEntry.GfidMark.Length..].TrimEnd('>'), "D", out Guid gfid))
            {
                return path;
            }

            if (!paths.TryGetValue(path, out string? found))
            {
                paths[path] = found = GfidPath.Find(directories, gfid) ?? path;
            }

            return found;
        }
    }

    // Its options count behind its own words, and the volfile's path only at the end.
    private async Task<(int Code, string Output)> RunAsync(
        Pool pool, string[] words, CancellationToken cancellation, bool isXml = false)
    {
        string program = Find();

        // It contains a password: nothing of it is left, however this process ends.
        string text = volfiles.Build(GraphDocument.Client, new GraphSubject(pool) { Facts = [GraphSubject.Trusted] });
        PoolChecks.ThrowIfAny([.. TlsFiles.FindProblems([text])]);

        using var volfile = MemoryFile.Create(pool.Name + ".vol", Encoding.UTF8.GetBytes(text));
        var start =
            new ProcessStartInfo(program,
                [pool.Name, .. words, .. isXml ? ["--xml"] : Array.Empty<string>(), "volfile-path",
                    volfile.Path])
            { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        await using CancellationTokenRegistration end = cancellation.Register(process.Kill);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync(CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();

        // It prints this whenever its graph does not come up.
        return (process.ExitCode, process.ExitCode != 0 && output.Contains("Not able to fetch volfile", StringComparison.Ordinal)
            ? $"too few units of {pool.Name} can be reached, or they refuse this node: kadalu pool status {pool.Name}"
            : output.Trim().Length > 0 ? output
            : await errors is { Length: > 0 } error ? error : string.Create(
                CultureInfo.InvariantCulture, $"{program} ended with {process.ExitCode}; its log is in /var/log/glusterfs"));
    }

    // Distributions have it in different places.
    private string Find()
    {
        string[] places =
            [Path.Combine(translatorDirectory, "..", "..", "glfsheal"), "/usr/libexec/glusterfs/glfsheal",
                "/usr/lib/glusterfs/glfsheal"];
        return places.Select(Path.GetFullPath).FirstOrDefault(File.Exists)
            ?? throw new CommandException(ExitCode.PoolRefused, "GlusterFS's glfsheal is not installed");
    }
}
