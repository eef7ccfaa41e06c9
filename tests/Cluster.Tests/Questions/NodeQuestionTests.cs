using System.Text;
using System.Text.Json;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;

namespace KadaluFsd.Cluster.Tests.Questions;

/// <summary>Questions to nodes as they are sent.</summary>
public class NodeQuestionTests
{
    private static readonly Guid s_pool = Guid.NewGuid();

    public static TheoryData<NodeQuestion> All =>
    [
        new HealStateQuestion("p", s_pool), new HealStartQuestion("p", s_pool, true), new HealListQuestion("p", s_pool, false),
        new HealIndexQuestion("p", s_pool), new CopyCheckQuestion("p", s_pool, true), new FileCopyQuestion("p", s_pool, "/ü\n"),
        new HealResolveQuestion("p", s_pool, SplitBrainPolicy.Source, "n1:/u", null),
        new NfsNumberQuestion("p", s_pool), new LibraryQuestion(), new FileListQuestion("p", s_pool, "/", "/a", 7),
        new NfsExportQuestion("p", Guid.Empty, null), new SmbShareQuestion("p", s_pool, null),
        new NfsExportQuestion("p", s_pool, new NfsExportTerms(null, "127.0.9.1", false, "/p", 201, "/d", "@g", true, null)),
        new SmbShareQuestion("p", s_pool, new SmbShareTerms("share", null, false)),
    ];

    [Theory]
    [MemberData(nameof(All))]
    public void A_question_is_read_as_it_was_meant(NodeQuestion question)
    {
        question = question with { Seconds = 3 };
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(question, QuestionJson.Default.NodeQuestion);
        Assert.Equal(question, NodeQuestion.Read(text));
        Assert.DoesNotContain("needsProcess", Encoding.UTF8.GetString(text), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Names_for_another_network_go_with_a_question_for_a_volfile()
    {
        var question = new VolfileQuestion("p", s_pool, "unit", "n1:/u", ["n1=a", "n2=b"], IsTls: true);
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(question, QuestionJson.Default.NodeQuestion);
        VolfileQuestion read = Assert.IsType<VolfileQuestion>(NodeQuestion.Read(text));
        Assert.Equal(question.Hosts, read.Hosts);
        Assert.Equal(question with { Hosts = read.Hosts }, read);
    }

    [Fact]
    public void Pieces_of_files_go_with_a_question_for_their_copies()
    {
        var question = new FilePieceQuestion("p", s_pool, [new FilePiece("/a", 5, 7), new FilePiece("/b", 0, 0)], 1024);
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(question, QuestionJson.Default.NodeQuestion);
        FilePieceQuestion read = Assert.IsType<FilePieceQuestion>(NodeQuestion.Read(text));
        Assert.Equal(question.Pieces, read.Pieces);
        Assert.Equal(question with { Pieces = read.Pieces }, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"ask": "something", "pool": "p", "poolId": "00000000-0000-0000-0000-000000000000"}""")]
    [InlineData("""{"ask": "heal-state", "pool": "p"}""")]
    [InlineData("""{"ask": "heal-state", "pool": null, "poolId": "00000000-0000-0000-0000-000000000000"}""")]
    [InlineData("""{"ask": "heal-state", "pool": "p", "poolId": "00000000-0000-0000-0000-000000000000", "seconds": 0}""")]
    [InlineData("""{"ask": "heal-state", "pool": "p", "poolId": "00000000-0000-0000-0000-000000000000", "seconds": 1e9}""")]
    public void What_is_none_is_refused_as_a_mistake_of_who_asks(string text)
    {
        CommandException refusal =
            Assert.Throws<CommandException>(() => NodeQuestion.Read(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(ExitCode.Usage, refusal.Code);
        Assert.StartsWith("the question cannot be read: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_needs_glusterfs_or_files_of_units_is_for_a_process()
    {
        Assert.False(new HealStateQuestion("p", s_pool).NeedsProcess);
        Assert.True(new HealListQuestion("p", s_pool, false).NeedsProcess);
        Assert.True(new FileCopyQuestion("p", s_pool, "/").NeedsProcess);
        Assert.False(new NfsNumberQuestion("p", s_pool).NeedsProcess);
        Assert.True(new VolfileQuestion("p", s_pool, "client", null, [], false).NeedsProcess);
    }
}
