using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Harness;

namespace KadaluFsd.Long.Tests;

/// <summary>
/// Blocks whose writes with O_DSYNC have succeeded, while the three units of a mirror are killed within seconds and each is
/// started again at once, on a busy machine. That is more than a mirror promises to bear; how often it is too much is counted.
/// </summary>
[Collection(PoolHarness.OneAtATime)]
[Trait("Part", "dsync")]
public sealed class DsyncTests : IntegrationTest
{
    private const int Rounds = 200;
    private const int Files = 3;
    private const int Load = 4;

    // Both of them within the hour of a part.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(27);
    private static readonly TimeSpan s_heals = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_was_acknowledged_is_there()
    {
        await using Mirror mirror = await OurMirror.CreateAsync(Workspace);
        (int rounds, int lost) = await RunAsync("kadalu-fsd", mirror);
        Assert.True(lost <= rounds / 20, $"blocks are lost in {lost} files of {rounds} rounds");
    }

    /// <summary>For comparison: glusterd's daemons, whatever comes of it.</summary>
    [Fact]
    public async Task The_stock_daemons_beside()
    {
        await using Mirror mirror = await StockMirror.CreateAsync(Workspace);
        await RunAsync("glusterd", mirror);
    }

    private async Task<(int Rounds, int Lost)> RunAsync(string who, Mirror mirror)
    {
        string program = await NativeProgram.CompileAsync(Workspace, "tests/Long.Tests/native/dsync.c");
        FuseMount mount = mirror.Mount;
        Process[] load = [.. Enumerable.Range(0, Load).Select(_ => Command.Start("sh", ["-c", "while :; do :; done"]))];
        var clock = Stopwatch.StartNew();
        int rounds = 0;
        long acknowledged = 0;
        int unhealed = 0;
        var lost = new List<string>();
        try
        {
            for (; rounds < Rounds && clock.Elapsed < s_limit; rounds++)
            {
                Writer[] writers =
                    [.. Enumerable.Range(0, Files)
                        .Select(file => new Writer(program, mount.In($"file{rounds}.{file}"), (rounds * Files) + file))];
                await Task.WhenAll(writers.Select(writer => writer.ReachAsync(20)));
                for (int unit = 0; unit < 3; unit++)
                {
                    await mirror.RestartAsync(unit);
                }

                await Task.WhenAll(writers.Select(writer => writer.StopAsync()));
                await mirror.ConnectedAsync();
                bool isHealed = await IsHealedAsync(mirror);
                unhealed += isHealed ? 0 : 1;
                foreach (Writer writer in writers)
                {
                    acknowledged += writer.Acknowledged.Count;
                    if (await writer.LostAsync() is { Length: > 0 } what)
                    {
                        lost.Add(
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"round {rounds}{(isHealed ? "" : ", not healed")}: {what} of {writer.Acknowledged.Count}"));
                    }
                }
            }
        }
        finally
        {
            foreach (Process process in load)
            {
                process.Kill(entireProcessTree: true);
                process.Dispose();
            }
        }

        TestFigures.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"O_DSYNC, {who}, three units killed within seconds: {rounds} rounds, {acknowledged} blocks acknowledged, " +
            $"{unhealed} rounds not healed within {s_heals.TotalSeconds:0} s, blocks lost in {lost.Count} " +
            $"files\n{string.Join('\n', lost)}"));
        Assert.True(rounds > 0);
        return (rounds, lost.Count);
    }

    private static async Task<bool> IsHealedAsync(Mirror mirror)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < s_heals)
        {
            if (await mirror.IsHealedAsync())
            {
                return true;
            }

            await Task.Delay(1000);
        }

        return false;
    }

    private sealed class Writer
    {
        private readonly string _program;
        private readonly string _file;
        private readonly string _number;
        private readonly Process _process;
        private readonly Task _reading;

        internal Writer(string program, string file, int number)
        {
            (_program, _file, _number) = (program, file, number.ToString(CultureInfo.InvariantCulture));
            _process = Command.Start(program, [file, _number]);
            _reading = Task.Run(async () =>
            {
                while (await _process.StandardOutput.ReadLineAsync() is { } line)
                {
                    Acknowledged.Enqueue(line);
                }
            });
        }

        internal ConcurrentQueue<string> Acknowledged { get; } = new();

        internal Task<TimeSpan> ReachAsync(int blocks) =>
            Shared.Until.SoAsync(
                $"{blocks} blocks of {_file} are acknowledged", () => Acknowledged.Count >= blocks,
                () => $"{Acknowledged.Count}");

        internal async Task StopAsync()
        {
            await Command.MustAsync("kill", "-TERM", _process.Id.ToString(CultureInfo.InvariantCulture));
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            await _process.WaitForExitAsync(limit.Token);
            await _reading;
            _process.Dispose();
        }

        // What is lost, or why that cannot be told; nothing where all is there.
        internal async Task<string> LostAsync()
        {
            using Process verifying = Command.Start(_program, [_file, _number, "verify"]);
            await verifying.StandardInput.WriteAsync(string.Join('\n', Acknowledged) + "\n");
            verifying.StandardInput.Close();
            string[] blocks =
                (await verifying.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            string error = await verifying.StandardError.ReadToEndAsync();
            await verifying.WaitForExitAsync();
            return blocks.Length > 0 ? string.Create(
                CultureInfo.InvariantCulture, $"{blocks.Length} blocks, from {blocks[0]} to {blocks[^1]},") : error.Trim();
        }
    }
}
