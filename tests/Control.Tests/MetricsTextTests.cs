namespace KadaluFsd.Control.Tests;

/// <summary>Prometheus's text format.</summary>
public class MetricsTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("a\nb", "a\\nb")]
    [InlineData("\\\"", "\\\\\\\"")]
    public void A_label_stays_one_label(string text, string escaped) => Assert.Equal(escaped, MetricsText.Escape(text));

    [Fact]
    public void A_figure_has_its_help_its_type_and_its_samples()
    {
        var text = new MetricsText();
        text.Gauge("clients", "Clients.", ("", 3));
        text.Counter("fetches_total", "Fetches.", ("result=\"given\"", 1.5), ("result=\"denied\"", 0));
        Assert.Equal(
            """
            # HELP kadalu_fsd_clients Clients.
            # TYPE kadalu_fsd_clients gauge
            kadalu_fsd_clients 3
            # HELP kadalu_fsd_fetches_total Fetches.
            # TYPE kadalu_fsd_fetches_total counter
            kadalu_fsd_fetches_total{result="given"} 1.5
            kadalu_fsd_fetches_total{result="denied"} 0

            """,
            text.ToString());
    }

    [Fact]
    public void One_without_samples_is_left_out()
    {
        var text = new MetricsText();
        text.Gauge("nothing", "Nothing.");
        Assert.Equal("", text.ToString());
    }
}
