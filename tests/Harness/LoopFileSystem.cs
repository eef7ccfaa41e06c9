using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>A small ext4 file system in a file, mounted for one test.</summary>
internal sealed class LoopFileSystem : IAsyncDisposable
{
    private readonly string _image;

    private LoopFileSystem(string image, string path) => (_image, Path) = (image, path);

    /// <summary>Where it is mounted.</summary>
    internal string Path { get; }

    /// <summary>Makes one, and mounts it.</summary>
    /// <param name="workspace">The test's.</param>
    /// <param name="mebibytes">Its size.</param>
    /// <param name="options">For mkfs.ext4.</param>
    internal static async Task<LoopFileSystem> CreateAsync(Workspace workspace, int mebibytes, params string[] options)
    {
        string image = workspace.Path("disk.img");
        await using (FileStream file = File.Create(image))
        {
            file.SetLength(mebibytes * 1024L * 1024);
        }

        await Command.MustAsync("mkfs.ext4", ["-q", .. options, image]);
        LoopFileSystem fileSystem = workspace.Own(new LoopFileSystem(image, workspace.Create("disk")));
        await fileSystem.MountAsync();
        return fileSystem;
    }

    internal Task MountAsync() => Command.MustAsync("mount", "-o", "loop", _image, Path);

    /// <summary>
    /// Mounts it in another way. Not while a file in it is open for writing, as the unit's look at its disk has one for a moment,
    /// and a client that has just closed one.
    /// </summary>
    internal Task<TimeSpan> RemountAsync(string option)
    {
        string words = "";
        return Until.SoAsync($"{Path} is mounted anew with {option}", async () =>
        {
            Command mounted = await Command.RunAsync("mount", "-o", "remount," + option, Path);
            words = mounted.Error;
            return mounted.ExitCode == 0;
        }, () => words);
    }

    /// <summary>Takes it out of the name space, whoever has files open in it.</summary>
    internal Task UnmountAsync() => Command.MustAsync("umount", "-l", Path);

    internal Task FreezeAsync() => Command.MustAsync("fsfreeze", "--freeze", Path);

    internal Task ThawAsync() => Command.MustAsync("fsfreeze", "--unfreeze", Path);

    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync("fsfreeze", "--unfreeze", Path);
        await Command.RunAsync("umount", "-l", Path);
    }
}
