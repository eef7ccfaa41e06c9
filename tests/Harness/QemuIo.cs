using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>qemu-io with an image open, which it keeps until the end.</summary>
internal sealed class QemuIo : IAsyncDisposable
{
    private const int Block = 4096;
    private const int LastLines = 40;

    private readonly Process _process;
    private readonly Task<string> _error;

    private QemuIo(Process process) => (_process, _error) = (process, process.StandardError.ReadToEndAsync());

    /// <summary>Where GlusterFS logs, whose last lines are said where something fails; null for nowhere.</summary>
    internal string? Log { get; init; }

    /// <summary>Opens an image.</summary>
    internal static QemuIo Start(Workspace workspace, params string[] image) => Start(workspace, log: null, image);

    /// <summary>Opens an image with GlusterFS's log in a file.</summary>
    internal static QemuIo Start(Workspace workspace, string? log, string[] image) =>
        workspace.Own(new QemuIo(Command.Start("qemu-io", image)) { Log = log });

    /// <summary>Writes a block of one byte, past caches (FUA).</summary>
    /// <param name="pattern">The byte.</param>
    /// <param name="block">Which block, of 4,096 bytes.</param>
    internal Task WriteAsync(int pattern, long block) => TellAsync(
        $"write -f -P {Text(pattern)} {Text(block * Block)} {Text(Block)}", $"wrote {Block}/{Block} bytes at offset {block * Block}");

    /// <summary>Reads a block, which must be of one byte.</summary>
    internal Task ReadAsync(int pattern, long block) => TellAsync(
        $"read -P {Text(pattern)} {Text(block * Block)} {Text(Block)}", $"read {Block}/{Block} bytes at offset {block * Block}");

    public ValueTask DisposeAsync() => Command.EndAsync(_process);

    private async Task TellAsync(string command, string expected)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        await _process.StandardInput.WriteLineAsync(command.AsMemory(), limit.Token);
        await _process.StandardInput.FlushAsync(limit.Token);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            Assert.False(
                line.Contains("failed", StringComparison.OrdinalIgnoreCase), $"{command}: {line}\n{ReadLog()}");
            if (line.Contains(expected, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"qemu-io ended: {await _error}");
    }

    // Information, warnings and errors.
    private string ReadLog() => Log is not null && File.Exists(Log)
        ? string.Join(
            '\n', File.ReadLines(Log).Where(line => line.Contains("] I [", StringComparison.Ordinal) ||
                line.Contains("] W [", StringComparison.Ordinal) || line.Contains("] E [", StringComparison.Ordinal)).TakeLast(LastLines))
        : "";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
