namespace KadaluFsd.Linux.Tests;

/// <summary>
/// What a watch tells of files. inotify has it before the call that made it returns: nothing is waited for. Alone, since a test that
/// starts a process has every open file in two processes for a moment, and a file is closed when the last of them closes it.
/// </summary>
[Collection(Alone)]
[CollectionDefinition(Alone, DisableParallelization = true)]
public sealed class DirectoryWatchTests : IDisposable
{
    private const string Alone = nameof(DirectoryWatchTests);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly DirectoryWatch _watch;

    public DirectoryWatchTests() => _watch = DirectoryWatch.TryCreate(_directory.FullName)!;

    public void Dispose()
    {
        _watch.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void A_file_has_settled_when_its_writer_has_closed_it()
    {
        Assert.Empty(_watch.Take());
        using (FileStream file = File.Create(At("ü 1")))
        {
            file.WriteByte(1);
            file.Flush();
            Assert.Equal([new DirectoryChange("ü 1", DirectoryChangeKind.Modified)], _watch.Take());
        }

        Assert.Equal([new DirectoryChange("ü 1", DirectoryChangeKind.Settled)], _watch.Take());
        Assert.Empty(_watch.Take());
    }

    [Fact]
    public void A_file_that_is_moved_goes_from_one_name_and_has_settled_under_the_other()
    {
        File.WriteAllText(At("a"), "");
        _watch.Take();
        File.Move(At("a"), At("b"));
        File.Delete(At("b"));
        Assert.Equal(
            [new("a", DirectoryChangeKind.Gone), new("b", DirectoryChangeKind.Settled), new("b", DirectoryChangeKind.Gone)],
            _watch.Take());
    }

    [Fact]
    public void That_the_directory_is_gone_has_no_name()
    {
        _directory.Delete();
        Assert.Equal([new DirectoryChange("", DirectoryChangeKind.Unknown)], _watch.Take());
        _directory.Create();
    }

    [Fact]
    public void More_changes_than_fit_at_a_time_all_come_and_names_of_any_length()
    {
        string[] names = [.. Enumerable.Range(1, 255).Select(length => new string('n', length))];
        Array.ForEach(names, name => File.Move(Make(), At(name)));
        Assert.Equal(
            names,
            _watch.Take().Where(change => change.Name.StartsWith('n')).Select(change =>
                change.Kind == DirectoryChangeKind.Settled ? change.Name : $"{change}"));

        string Make()
        {
            File.WriteAllText(At("made"), "");
            return At("made");
        }
    }

    [Fact]
    public void What_is_no_directory_is_not_watched()
    {
        File.WriteAllText(At("file"), "");
        Assert.Null(DirectoryWatch.TryCreate(At("file")));
        Assert.Null(DirectoryWatch.TryCreate(At("missing")));
    }

    private string At(string name) => Path.Combine(_directory.FullName, name);
}
