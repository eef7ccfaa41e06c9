using System.Text;
using System.Xml.Linq;
using KadaluFsd.Contract;

namespace KadaluFsd.Reference;

/// <summary>The exit codes, whose meanings are in the documentation comments of <see cref="ExitCode"/>.</summary>
internal static class ExitCodePage
{
    /// <summary>What each code means.</summary>
    internal static IEnumerable<(ExitCode Code, string Meaning)> Meanings()
    {
        Type type = typeof(ExitCode);
        XElement[] members =
            [.. XDocument.Load(Path.ChangeExtension(type.Assembly.Location, ".xml")).Descendants("member")];
        return Enum.GetValues<ExitCode>().Select(code => (code, members
            .Single(member => member.Attribute("name")!.Value == $"F:{type.FullName}.{code}").Element("summary")!.Value.Trim()));
    }

    /// <summary>The page.</summary>
    internal static string Create()
    {
        var text = new StringBuilder(
            "<!-- Made by `make man` of src/Contract/ExitCode.cs. -->\n" +
            "# Exit codes\n\n| code | meaning |\n|---|---|\n");
        foreach ((ExitCode code, string meaning) in Meanings())
        {
            text.Append($"| {code:D} | {meaning} |\n");
        }

        return text.ToString();
    }
}
