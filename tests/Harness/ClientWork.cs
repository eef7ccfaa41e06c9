using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>How much native/clients/work.c does.</summary>
/// <param name="Files">How many small files.</param>
/// <param name="Bytes">How large the large files are.</param>
/// <param name="Piece">How many bytes a call has at most.</param>
internal sealed record WorkSize(int Files, long Bytes, int Piece);

/// <summary>native/clients/work.c, which writes and verifies files through one of several clients.</summary>
/// <param name="program">The program for that client.</param>
/// <param name="target">The pool, as this client calls it.</param>
/// <param name="log">What GlusterFS logs in it, or in the server that it is a client of.</param>
internal sealed class ClientWork(string program, string target, string log)
{
    private static readonly Dictionary<string, string[]> s_flags = new()
    {
        ["posix"] = [],
        ["gfapi"] = ["-lgfapi"],
        ["nfs"] = ["-lnfs"],
        ["smb"] = ["-I/usr/include/samba-4.0", "-lsmbclient"],
    };

    /// <summary>Prepares the program for a client.</summary>
    /// <param name="workspace">The test's.</param>
    /// <param name="client">The name of its source.</param>
    /// <param name="target">The pool, as this client calls it.</param>
    /// <param name="log">Where GlusterFS is to log in it, or does so in the server that it is a client of.</param>
    internal static async Task<ClientWork> OfAsync(Workspace workspace, string client, string target, string log)
    {
        const string Directory = "tests/Harness/native/clients";
        string program = workspace.Path("programs", "work-" + client);
        if (!File.Exists(program))
        {
            File.Move(
                await NativeProgram.CompileAsync(
                    workspace, $"{Directory}/work.c", [Path.Combine(Workspace.Source, Directory, $"{client}.c"), .. s_flags[client]]),
                program);
        }

        return new ClientWork(program, target, log);
    }

    /// <summary>What GlusterFS logs in it, or in the server that it is a client of.</summary>
    internal string Log => log;

    /// <summary>Starts writing into a new directory.</summary>
    internal Writing Write(string directory, WorkSize size) => new(Start(directory, "write", size));

    /// <summary>The same, but it goes on only when it is told to at 60 % of the small files, and at 25 % of the large ones.</summary>
    internal Writing WriteHeld(string directory, WorkSize size) => new(Start(directory, "write", size, "held"));

    /// <summary>Makes a file and keeps it open: <see cref="Writing.AppendAsync"/>.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="piece">How many bytes are appended at a time.</param>
    internal Writing Hold(string file, int piece) => new(Start(file, "hold", piece.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Reads everything in the directory, which must be as it was written.</summary>
    internal async Task VerifyAsync(string directory, WorkSize size)
    {
        using Process process = Start(directory, "verify", size);
        var writing = new Writing(process);
        await writing.EndAsync("verified");
    }

    private Process Start(string directory, string what, WorkSize size, params string[] more) => Start([
        directory, what, size.Files.ToString(CultureInfo.InvariantCulture),
        size.Bytes.ToString(CultureInfo.InvariantCulture), size.Piece.ToString(CultureInfo.InvariantCulture), .. more]);

    private Process Start(params string[] arguments) =>
        Command.Start(program, [target, .. arguments], new Dictionary<string, string> { ["CLIENT_LOG"] = log });

    /// <summary>The program at work.</summary>
    internal sealed class Writing : IAsyncDisposable
    {
        // Longer than any piece of work takes: what says nothing at all for so long hangs.
        private static readonly TimeSpan s_silence = 5 * Patience.Limit;

        private readonly Process _process;
        private readonly Task<string> _error;
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
        private int _appended;

        internal Writing(Process process)
        {
            _process = process;
            _error = process.StandardError.ReadToEndAsync();
            _ = ReadAsync();
        }

        /// <summary>Waits until so much of a phase is done.</summary>
        internal async Task ReachAsync(string phase, int percent)
        {
            await foreach (string line in SaidAsync())
            {
                string[] words = line.Split(' ');
                if (words[0] == phase && int.Parse(words[1], CultureInfo.InvariantCulture) >= percent)
                {
                    return;
                }
            }

            Assert.Fail($"it ended before {percent} % of {phase}: {await _error}");
        }

        /// <summary>Lets it pass the next place where it waits, be it there already or not.</summary>
        internal async Task GoOnAsync()
        {
            await _process.StandardInput.WriteLineAsync();
            await _process.StandardInput.FlushAsync();
        }

        /// <summary>Has a file that is held open appended to, and waits until that is done.</summary>
        internal async Task AppendAsync()
        {
            await GoOnAsync();
            await ReachAsync("held", ++_appended);
        }

        /// <summary>Waits until all is done, or closes a file that is held open; nothing may have failed.</summary>
        /// <returns>How long the longest file, or piece of one, took.</returns>
        internal async Task<TimeSpan> EndAsync(string last = "written")
        {
            string said = "";
            _process.StandardInput.Close();
            await foreach (string line in SaidAsync())
            {
                said = line;
            }

            using var limit = new CancellationTokenSource(Patience.Limit);
            await _process.WaitForExitAsync(limit.Token);
            Assert.True(
                _process.ExitCode == 0 && said.StartsWith(last, StringComparison.Ordinal),
                $"exit code {_process.ExitCode} after \"{said}\": {await _error}");
            return TimeSpan.FromMilliseconds(int.Parse(said.Split(' ')[1], CultureInfo.InvariantCulture));
        }

        public ValueTask DisposeAsync() => Command.EndAsync(_process);

        private async IAsyncEnumerable<string> SaidAsync()
        {
            while (true)
            {
                using var limit = new CancellationTokenSource(s_silence);
                if (!await _lines.Reader.WaitToReadAsync(limit.Token))
                {
                    yield break;
                }

                while (_lines.Reader.TryRead(out string? line))
                {
                    yield return line;
                }
            }
        }

        private async Task ReadAsync()
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                _lines.Writer.TryWrite(line);
            }

            _lines.Writer.Complete();
        }
    }
}
