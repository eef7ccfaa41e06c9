using System.Text.RegularExpressions;

namespace KadaluFsd.House.Tests;

/// <summary>The numbers of log messages, which people search for.</summary>
public partial class LogMessageTests
{
    [Fact]
    public void No_two_messages_have_the_same_number()
    {
        string[] numbers =
            [.. House.Files("src", "*.cs").Append("native/src/internal.h")
                .SelectMany(file => Number().Matches(House.Read(file)).Select(match => match.Groups[1].Value))];
        Assert.Contains("3090", numbers);
        Assert.True(numbers.Length > 50);
        Assert.Equal(numbers.Distinct().Order(), numbers.Order());
    }

    [GeneratedRegex(@"(?:\[LoggerMessage\(\s*|#define KFSD_MESSAGE_\w+ )(\d+)")]
    private static partial Regex Number();
}
