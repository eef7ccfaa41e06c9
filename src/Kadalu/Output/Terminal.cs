using System.Runtime.InteropServices;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
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

    private const int BytesAtOnce = 64 * 1024;

    // As a shell says of a program that Ctrl-C has ended.
    private const int Interrupted = 130;

    // The cursor to the upper left corner, and everything behind it away.
    private const string ClearScreen = "\e[H\e[J";

    private static bool s_isToClear;

    private static bool s_isShowing;

    /// <summary>Whether somebody sees it, and can answer.</summary>
    internal static bool IsThere => !Console.IsOutputRedirected && !Console.IsInputRedirected;

    /// <summary>Writes a line, which may have others' words in it.</summary>
    internal static void Line(string text)
    {
        ClearIfWanted();
        s_console.Value.WriteLine(string.Join('\n', text.Split('\n').Select(PlainText.Printable)));
    }

    /// <summary>Writes a text that is for a file, or to be pasted: as it is, since a line that is broken at the edge cannot be.</summary>
    internal static void Paste(string text)
    {
        ClearIfWanted();
        WriteAll(text);
    }

    /// <summary>Writes a table.</summary>
    /// <param name="heads">The heads of its columns.</param>
    /// <param name="rows">The rows, as wide as the heads.</param>
    internal static void Table(string[] heads, IEnumerable<string[]> rows)
    {
        if (Console.IsOutputRedirected)
        {
            WriteAll(PlainText.Table(heads, rows));
            return;
        }

        ClearIfWanted();
        string[][] lines = [.. rows.Select(row => row.Select(PlainText.Printable).ToArray())];
        Table table = new Table().Border(TableBorder.None);
        foreach (string head in heads)
        {
            table.AddColumn(new TableColumn(new Text(head)).NoWrap());
        }

        foreach (string[] line in lines)
        {
            table.AddRow(line.Select(cell => new Text(cell)));
        }

        // What is wider than the terminal goes on in its next line: otherwise columns would be left out, and names broken.
        int needed = heads.Select(
            (head, column) => lines.Select(line => line[column].Length).Append(head.Length).Max() + 2).Sum();
        Profile profile = s_console.Value.Profile;
        int width = profile.Width;
        profile.Width = Math.Max(width, needed);
        s_console.Value.Write(table);
        profile.Width = width;
    }

    /// <summary>Shows what is being done, on a terminal only.</summary>
    /// <param name="run">Does it; gets a way to say how far it is.</param>
    internal static async Task<T> ShowAsync<T>(Func<Action<string>, Task<T>> run)
    {
        if (!IsThere)
        {
            return await run(_ => { });
        }

        s_isShowing = true;
        try
        {
            return await s_console.Value.Status().Spinner(Spinner.Known.Line).StartAsync(
                "begins", context => run(text => context.Status(Markup.Escape(PlainText.Printable(text)))));
        }
        finally
        {
            s_isShowing = false;
        }
    }

    /// <summary>Waits, and says that it does when it takes long, unless it is shown already.</summary>
    /// <param name="task">What is waited for.</param>
    /// <param name="silence">How long nothing is said.</param>
    /// <param name="say">Says it, where errors are said.</param>
    internal static async Task<T> WaitAsync<T>(Task<T> task, TimeSpan silence, Action say)
    {
        using var end = new CancellationTokenSource();
        if (await Task.WhenAny(task, Task.Delay(silence, end.Token)) != task && !s_isShowing)
        {
            say();
        }

        await end.CancelAsync();
        return await task;
    }

    /// <summary>
    /// Shows something again and again until Ctrl-C: in the place of what was there on a terminal, one after the other elsewhere.
    /// What fails later than the first time may pass.
    /// </summary>
    /// <param name="pause">The time in between.</param>
    /// <param name="show">Asks, and then writes; returns the exit code.</param>
    /// <param name="failed">Writes why it could not.</param>
    /// <param name="cancellation">Ends it as Ctrl-C does.</param>
    /// <returns>The exit code of what was shown last.</returns>
    /// <exception cref="CommandException">It cannot be shown at all.</exception>
    internal static async Task<int> RepeatAsync(
        TimeSpan pause, Func<CancellationToken, Task<int>> show, Action<ExitCode, string> failed, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            end.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        int? last = null;
        while (true)
        {
            try
            {
                s_isToClear = !Console.IsOutputRedirected;
                last = await show(end.Token);
                ClearIfWanted(); // There was nothing to be shown.
                await Task.Delay(pause, end.Token);
            }
            catch (Exception exception)
                when (exception is OperationCanceledException or CommandException && end.IsCancellationRequested)
            {
                return last ?? Interrupted;
            }
            catch (CommandException exception) when (last is not null)
            {
                failed(exception.Code, exception.Message);
                last = (int)exception.Code;
                await Task.WhenAny(Task.Delay(pause, end.Token));
            }

            if (end.IsCancellationRequested)
            {
                return last.Value;
            }

            if (Console.IsOutputRedirected)
            {
                Console.WriteLine();
            }
        }
    }

    // Console.Write makes a system call of every 256 characters.
    private static void WriteAll(string text)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput(), Console.OutputEncoding, BytesAtOnce);
        output.Write(text);
    }

    private static void ClearIfWanted()
    {
        if (s_isToClear)
        {
            s_isToClear = false;
            Console.Write(ClearScreen);
        }
    }
}
