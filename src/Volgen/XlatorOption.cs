using System.IO.Enumeration;

namespace KadaluFsd.Volgen;

/// <summary>An option for some translators of a graph, as glusterfsd's <c>--xlator-option</c> gives it.</summary>
/// <param name="Volumes">The names of its volumes; <c>*</c> and <c>?</c> are wildcards.</param>
/// <param name="Key">The option's name.</param>
/// <param name="Value">Its value.</param>
public sealed record XlatorOption(string Volumes, string Key, string Value)
{
    /// <summary>Parses <c>VOLUMES.KEY=VALUE</c>. As for glusterfsd, the first dot ends the names of volumes.</summary>
    /// <exception cref="FormatException">It is not of that form.</exception>
    public static XlatorOption Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        int equals = dot < 0 ? -1 : text.IndexOf('=', dot);
        return dot > 0 && equals > dot + 1 && equals < text.Length - 1
            ? new XlatorOption(text[..dot], text[(dot + 1)..equals], text[(equals + 1)..])
            : throw new FormatException("VOLUME.OPTION=VALUE, such as *-posix.glusterd-uuid=ID");
    }

    /// <summary>Sets options in a volfile.</summary>
    /// <param name="options">The options; of two for the same volume and key the later one counts.</param>
    public static Volfile Apply(Volfile volfile, IReadOnlyList<XlatorOption> options)
    {
        ArgumentNullException.ThrowIfNull(volfile);
        return options.Count == 0
            ? volfile
            : volfile with
            {
                Volumes = [.. volfile.Volumes.Select(volume => options
                    .Where(option => FileSystemName.MatchesSimpleExpression(option.Volumes, volume.Name, ignoreCase: false))
                    .Aggregate(volume, (changed, option) => changed.With(option.Key, option.Value)))],
            };
    }
}
