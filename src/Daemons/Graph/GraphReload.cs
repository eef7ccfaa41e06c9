using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Native;
using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Graph;

/// <summary>
/// Changes a running graph: its volfile is read again or another one is tried, options are set. The graph takes what it can; an
/// invalid volfile changes nothing.
/// </summary>
/// <param name="preparation">What the process was started with.</param>
/// <param name="others">Other files that are read again.</param>
/// <param name="graphThread">The thread on which translators take their options.</param>
internal sealed class GraphReload(
    GraphProcessOptions options, GlusterContext context, GraphPreparation preparation, IEnumerable<IReloadable> others,
    WorkThread graphThread,
    ILogger<GraphReload> logger)
{
    private readonly Lock _one = new();
    private GraphPlan? _latest;
    private volatile IReadOnlyList<string> _pending = [];

    // Options set since the start, whatever the volfile says.
    private IReadOnlyList<XlatorOption> _live = [];

    /// <summary>The volfile whose options the graph has. From any thread.</summary>
    internal Volfile Volfile => Applied.Volfile;

    /// <summary>
    /// Changes of the volfile that wait for a restart: options as <c>TYPE.OPTION</c>, or that the graph has to be rebuilt.
    /// From any thread.
    /// </summary>
    internal IReadOnlyList<string> Pending => _pending;

    private GraphPlan Applied => Volatile.Read(ref _latest) ?? preparation.Graph;

    /// <summary>Reopens the log, reads the volfile and everything else again. From any thread; serialised.</summary>
    /// <returns>The result for the graph.</returns>
    internal ReloadResult Run()
    {
        lock (_one)
        {
            context.ReopenLog();
            LifeLog.Reloading(logger);
            ReloadResult result = Apply(() => preparation.Parse(GraphPlan.ReadText(options.Volfile), _live));
            foreach (IReloadable other in others)
            {
                other.Reload();
            }

            return result;
        }
    }

    /// <summary>Tries another volfile on the running graph.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <returns>The result; the text may be kept unless it was rejected.</returns>
    internal ReloadResult Try(byte[] text)
    {
        lock (_one)
        {
            return Apply(() => preparation.Parse(text, _live));
        }
    }

    /// <summary>Sets an option of a translator, until the process ends.</summary>
    /// <param name="value">Its value; null for the volfile's.</param>
    internal ReloadResult SetOption(string volume, string option, string? value)
    {
        lock (_one)
        {
            if (FindReason(volume, option, value) is { } reason)
            {
                return new ReloadResult(ReloadResult.Refused, reason);
            }

            // It may have been set by another of its names.
            string[] names = context.GetOptions().First(known => known.Translator == volume && known.Keys.Contains(option)).Keys;
            string name = names.FirstOrDefault(known => Applied.Volfile.Find(volume)?[known] is not null) ?? option;
            IReadOnlyList<XlatorOption> before = _live;
            _live = [.. before.Where(other => other.Volumes != volume || !names.Contains(other.Key))];
            if (value is not null)
            {
                _live = [.. _live, new XlatorOption(volume, name, value)];
            }

            ReloadResult result = Apply(() => preparation.Parse(Applied.Text, _live));
            if (result.Graph != ReloadResult.Reconfigured)
            {
                _live = before;
            }
            else if (value is null)
            {
                ControlLog.OptionUnset(logger, volume, option);
            }
            else
            {
                ControlLog.OptionSet(logger, volume, option, value);
            }

            return result;
        }
    }

    /// <summary>The options of the graph's translators, with their values.</summary>
    /// <returns>The options by translator, from the top.</returns>
    internal OptionValue[] GetOptions()
    {
        lock (_one)
        {
            HashSet<string> reconfigurable = [
                .. context.GetTranslators().Where(translator => translator.CanReconfigure).Select(translator => translator.Name)];
            return
            [
                .. context.GetOptions().Select(option => new OptionValue(
                    option.Translator, option.Keys[0], option.Keys[1..], option.Type,
                    option.Keys.Select(key => Applied.Volfile.Find(option.Translator)?[key])
                    .FirstOrDefault(value => value is not null) ?? option.DefaultValue,
                    option.DefaultValue, option.Range?[0], option.Range?[1], reconfigurable.Contains(option.Translator),
                    _live.Any(live => live.Volumes == option.Translator && option.Keys.Contains(live.Key)), option.Description)),
            ];
        }
    }

    private string? FindReason(string volume, string option, string? value)
    {
        if (context.GetTranslators().FirstOrDefault(translator => translator.Name == volume) is not { } translator)
        {
            return $"the graph has no volume {volume}";
        }

        if (!translator.CanReconfigure)
        {
            return $"{translator.Type} takes no options while it runs";
        }

        return Applied.IsReserved(translator.Type, option)
            ? $"{option} of {translator.Type} is not to be set while it runs"
            : !context.GetOptions().Any(known => known.Translator == volume && known.Keys.Contains(option))
            ? $"{translator.Type} has no option {option}"
            : value is not null && (value.Length == 0 || value.AsSpan().ContainsAny("\n\r\"`\0"))
                ? "a value is not empty, and has no line ends, quotes or backticks" : null;
    }

    private ReloadResult Apply(Func<GraphPlan> read)
    {
        ReloadResult result = TryApply(read);

        // The volfile that was read, its translators and their options.
        ProcessMemory.Release();
        return result;
    }

    private ReloadResult TryApply(Func<GraphPlan> read)
    {
        try
        {
            GraphPlan plan = read();
            if (plan.FindObjection(Applied) is { } objection)
            {
                return Refuse(objection);
            }

            if (plan.NeedsNewGraph(Applied))
            {
                return NeedNewGraph("storage units are connected in another way");
            }

            if (Reconfigure(plan))
            {
                Volatile.Write(ref _latest, plan);
                _pending = FindPending(plan);
                ControlLog.Reconfigured(logger, options.Volfile);
                return new ReloadResult(ReloadResult.Reconfigured, null);
            }

            return NeedNewGraph("the volfile has other translators than the running graph, or in another order");
        }
        catch (CommandException exception)
        {
            return Refuse(exception.Message);
        }
        catch (GraphException exception) when (exception.IsPartial)
        {
            return PutBack(exception.Message);
        }
        catch (GraphException exception)
        {
            return Refuse(exception.Message);
        }
    }

    private ReloadResult NeedNewGraph(string reason)
    {
        ControlLog.NewGraphNeeded(logger, options.Volfile);
        _pending = [reason];
        return new ReloadResult(ReloadResult.RestartNeeded, reason);
    }

    private IReadOnlyList<string> FindPending(GraphPlan plan)
    {
        HashSet<string> reconfigurable =
            [.. context.GetTranslators().Where(translator => translator.CanReconfigure).Select(translator => translator.Type)];
        return PendingOptions.Find(preparation.Graph.Volfile, plan.Volfile, reconfigurable.Contains);
    }

    // Threads that translators start inherit niceness: they must not inherit that of a thread of a control request.
    private bool Reconfigure(GraphPlan plan) => graphThread.Invoke(() => context.Reconfigure(preparation.TextOf(plan)));

    // Some translators have taken their new options: all get their earlier ones back.
    private ReloadResult PutBack(string reason)
    {
        try
        {
            if (Reconfigure(Applied))
            {
                return Refuse($"{reason}; the earlier options were put back");
            }
        }
        catch (GraphException exception)
        {
            reason = $"{reason}; the earlier options could not be put back: {exception.Message}";
        }

        ControlLog.ReloadRefused(logger, options.Volfile, reason);
        return new ReloadResult(ReloadResult.PartlyApplied, reason);
    }

    private ReloadResult Refuse(string reason)
    {
        ControlLog.ReloadRefused(logger, options.Volfile, reason);
        return new ReloadResult(ReloadResult.Refused, reason);
    }
}
