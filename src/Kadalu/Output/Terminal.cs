using KadaluFsd.CommandLine;
using Spectre.Console;

namespace KadaluFsd.Kadalu.Output;

/// <summary>Writes what people read: with colours on a terminal, and as plain text elsewhere.</summary>
internal static class Terminal
{
    // Nothing is cut for who reads it from a file.
    private const int WidthOfFiles = 10_000;

    private static readonly Lazy<IAnsiConsole> s_console = new(() =>
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = WidthOfFiles;
        }

        return console;
    });

    /// <summary>Whether somebody sees it, and can answer.</summary>
    internal static bool IsThere => !Console.IsOutputRedirected && !Console.IsInputRedirected;

    /// <summary>Writes a line, which may have others' words in it.</summary>
    internal static void Line(string text) =>
        s_console.Value.WriteLine(string.Join('\n', text.Split('\n').Select(PlainText.Printable)));

    /// <summary>Writes a text that is for a file, or to be pasted: as it is, since a line that is broken at the edge cannot be.</summary>
    internal static void Paste(string text) => Console.Write(text);

    /// <summary>Writes a table.</summary>
    /// <param name="heads">The heads of its columns.</param>
    /// <param name="rows">The rows, as wide as the heads.</param>
    internal static void Table(string[] heads, IEnumerable<string[]> rows)
    {
        if (Console.IsOutputRedirected)
        {
            Console.Write(PlainText.Table(heads, rows));
            return;
        }

        Table table = new Table().Border(TableBorder.None);
        foreach (string head in heads)
        {
            table.AddColumn(new TableColumn(new Text(head)).NoWrap());
        }

        foreach (string[] row in rows)
        {
            table.AddRow(row.Select(cell => new Text(PlainText.Printable(cell))));
        }

        s_console.Value.Write(table);
    }

    /// <summary>Shows what is being done, on a terminal only.</summary>
    /// <param name="run">Does it; gets a way to say how far it is.</param>
    internal static Task<T> ShowAsync<T>(Func<Action<string>, Task<T>> run) => IsThere
        ? s_console.Value.Status().Spinner(Spinner.Known.Line).StartAsync(
            "begins", context => run(text => context.Status(Markup.Escape(PlainText.Printable(text)))))
        : run(_ => { });
}
