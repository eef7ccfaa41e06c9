using System.Globalization;

namespace KadaluFsd.Harness.Scenarios;

/// <summary>What qemu-img does with images of a pool: each command once, and the content compared after each.</summary>
internal static class ImageLife
{
    /// <summary>Runs through it.</summary>
    /// <param name="workspace">The test's.</param>
    /// <param name="image">QEMU's name of an image.</param>
    /// <param name="bytes">How large the image is.</param>
    internal static async Task RunAsync(Workspace workspace, Func<string, string> image, long bytes)
    {
        string local = workspace.Path($"{Guid.NewGuid()}.raw");
        await using (FileStream file = File.Create(local))
        {
            var random = new Random(1);
            byte[] piece = new byte[1 << 20];
            for (long done = 0; done < bytes / 2; done += piece.Length)
            {
                random.NextBytes(piece);
                await file.WriteAsync(piece);
            }

            // The second half is a hole.
            file.SetLength(bytes);
        }

        // libgfapi takes ten seconds to end each command: what can be done together is.
        await ImageAsync("convert", "-f", "raw", "-O", "raw", local, image("dense"));
        await Task.WhenAll(
            ImageAsync("compare", "-f", "raw", "-F", "raw", local, image("dense")),
            ImageAsync("convert", "-f", "raw", "-O", "qcow2", image("dense"), image("copy")));
        await Task.WhenAll(SnapAsync(workspace, image, local), ResizeAsync(image, local, bytes));
    }

    // Changed, and back to the snapshot.
    private static async Task SnapAsync(Workspace workspace, Func<string, string> image, string local)
    {
        string[] same = ["compare", "-f", "raw", "-F", "qcow2", local, image("copy")];
        await Task.WhenAll(ImageAsync("check", image("copy")), ImageAsync(same));
        await ImageAsync("snapshot", "-c", "before", image("copy"));
        await IoAsync("qcow2", image("copy"), "write -P 7 0 64k");
        Assert.NotEqual(0, (await Command.RunAsync("qemu-img", same)).ExitCode);
        await ImageAsync("snapshot", "-a", "before", image("copy"));
        await ImageAsync("snapshot", "-d", "before", image("copy"));
        string back = workspace.Path($"{Guid.NewGuid()}.raw");
        await Task.WhenAll(
            ImageAsync(same), ImageAsync("check", image("copy")),
            ImageAsync("convert", "-f", "qcow2", "-O", "raw", image("copy"), back));
        await ImageAsync("compare", "-f", "raw", "-F", "raw", local, back);
    }

    // Larger and smaller.
    private static async Task ResizeAsync(Func<string, string> image, string local, long bytes)
    {
        string larger = (2 * bytes).ToString(CultureInfo.InvariantCulture);
        await ImageAsync("create", "-f", "qcow2", image("new"), larger);
        await Task.WhenAll(ImageAsync("check", image("new")), ImageAsync("resize", "-f", "raw", image("dense"), larger));
        Assert.Contains(larger, await ImageAsync("info", "-f", "raw", image("dense")), StringComparison.Ordinal);
        await IoAsync("raw", image("dense"), $"read -P 0 {bytes} 64k");
        await ImageAsync("resize", "--shrink", "-f", "raw", image("dense"), bytes.ToString(CultureInfo.InvariantCulture));
        await ImageAsync("compare", "-f", "raw", "-F", "raw", local, image("dense"));
    }

    private static Task<string> ImageAsync(params string[] arguments) => Command.MustAsync("qemu-img", arguments);

    private static Task<string> IoAsync(string format, string image, string command) =>
        Command.MustAsync("qemu-io", "-f", format, "-c", command, image);
}
