using System.Text;
using KadaluFsd.Cluster.Transport;

namespace KadaluFsd.Cluster.Tests.Transport;

/// <summary>Lines of an answer, and how long they may be.</summary>
public sealed class AnswerLinesTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("a\n\nb\n", "a||b", true)]
    [InlineData("a\nnot ended", "a", true)]
    [InlineData("123456789\n", "123456789", true)]
    [InlineData("1234567890\n", "1234567890", true)]
    [InlineData("a\n12345678901", "a", false)]
    [InlineData("a\n12345678901\nb\n", "a", false)]
    public async Task They_are_taken_one_by_one_and_none_that_is_too_long(string said, string lines, bool isRead)
    {
        var taken = new List<string>();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(said));
        Assert.Equal(isRead, await AnswerLines.ReadAsync(stream, 10, taken.Add, CancellationToken.None));
        Assert.Equal(lines, string.Join('|', taken));
    }
}
