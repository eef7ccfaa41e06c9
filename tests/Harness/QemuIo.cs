using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>qemu-io with an image open, which it keeps until the end.</summary>
internal sealed class QemuIo : IAsyncDisposable
{
    private const int Block = 4096;

    private readonly Process _process;
    private readonly Task<string> _error;

    private QemuIo(Process process) => (_process, _error) = (process, process.StandardError.ReadToEndAsync());

    /// <summary>Opens an image.</summary>
    internal static QemuIo Start(Workspace workspace, params string[] image) =>
        workspace.Own(new QemuIo(Command.Start("qemu-io", image)));

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
            Assert.DoesNotContain("failed", line, StringComparison.OrdinalIgnoreCase);
            if (line.Contains(expected, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"qemu-io ended: {await _error}");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
