using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.OpenApi;

namespace KadaluFsd.Reference;

/// <summary>
/// The documentation comment of a method that answers a route. The framework's generator reads those of public methods only.
/// </summary>
internal sealed partial class HandlerComments
{
    private readonly XElement _comment;

    private HandlerComments(XElement comment) => _comment = comment;

    /// <summary>Finds it, in the file that the compiler writes beside the assembly.</summary>
    /// <param name="handler">The method.</param>
    internal static HandlerComments Of(MethodInfo handler)
    {
        string id = $"M:{handler.DeclaringType!.FullName}.{handler.Name}";
        var file = XDocument.Load(Path.ChangeExtension(handler.DeclaringType.Assembly.Location, ".xml"));
        return new HandlerComments(file.Descendants("member").Single(
            member => member.Attribute("name")!.Value is var name &&
                (name == id || name.StartsWith(id + "(", StringComparison.Ordinal))));
    }

    /// <summary>Adds what it says to the description of the route.</summary>
    internal void AddTo(OpenApiOperation operation)
    {
        operation.Summary = Text(_comment.Element("summary")!);
        foreach (XElement response in _comment.Elements("response"))
        {
            operation.Responses![response.Attribute("code")!.Value].Description = Text(response);
        }

        foreach (XElement parameter in _comment.Elements("param"))
        {
            operation.Parameters?.FirstOrDefault(each => each.Name == parameter.Attribute("name")!.Value)?.Description =
                Text(parameter);
        }
    }

    private static string Text(XElement element) => Space().Replace(element.Value, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
