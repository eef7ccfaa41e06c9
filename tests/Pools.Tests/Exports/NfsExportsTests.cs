using System.Diagnostics;
using KadaluFsd.Contract;
using KadaluFsd.Pools.Exports;

namespace KadaluFsd.Pools.Tests.Exports;

public sealed class NfsExportsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-exports-");
    private readonly ExportPlaces _places;
    private readonly NfsExports _exports;

    public NfsExportsTests()
    {
        _places = new ExportPlaces("ganesha.nfsd", In("ganesha/kadalu.d"), In("ganesha/ganesha.conf"), In("ganesha.pid"));
        _exports = new NfsExports(_places);
        Directory.CreateDirectory(In("ganesha/other"));
    }

    [Fact]
    public void Exports_that_people_have_written_are_known_by_number_path_and_volume()
    {
        File.WriteAllText(In("ganesha/ganesha.conf"), "EXPORT { export_id=7; Pseudo=/own; FSAL { Volume=pool9; } }\n# Export_Id = 8;\n");
        File.WriteAllText(In("ganesha/other/more.conf"), "EXPORT { Export_Id = 101 ; Pseudo = \"/more/\"; FSAL { Volume = 'pool8'; } }\n");
        File.WriteAllText(In("ganesha/other/no-ending"), "EXPORT { Export_Id = 0x66; }\n");
        File.WriteAllText(In("ganesha/other/octal"), "EXPORT { Export_Id = 0150; }\n");
        File.WriteAllText(In("available.conf"), "EXPORT { Export_Id = 105; }\n");
        File.CreateSymbolicLink(In("ganesha/enabled.conf"), In("available.conf"));
        Directory.CreateSymbolicLink(In("ganesha/other/round"), In("ganesha"));
        Assert.Equal(106, _exports.ChooseNumber(new HashSet<int> { 103 }));
        Assert.Equal([In("ganesha/ganesha.conf")], _exports.FindFiles("pool9", "id"));
        Assert.Equal([In("ganesha/other/more.conf")], _exports.FindFiles("pool8"));
        Assert.Empty(_exports.FindFiles("pool"));
        Assert.Contains("more.conf", Assert.Throws<CommandException>(() => _exports.Put(Export("pool1", "/more"))).Message, StringComparison.Ordinal);
        Assert.Contains("ganesha.conf", Assert.Throws<CommandException>(() => _exports.Put(Export("pool1", "/own"))).Message, StringComparison.Ordinal);
        Assert.Contains("Export_Id 101", Assert.Throws<CommandException>(() => _exports.Put(Export("pool1", "/a") with { Number = 101 })).Message, StringComparison.Ordinal);
        Assert.Null(_exports.Find("pool1"));
    }

    [Fact]
    public void A_fragment_is_written_once_and_read_back_and_removed()
    {
        _exports.Put(Export("pool1", "/pool1"));
        _exports.Put(Export("pool1", "/other"));
        Assert.Equal("/other", _exports.Find("pool1")!.Pseudo);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            File.GetUnixFileMode(_places.FragmentOf("pool1")));
        _exports.Remove("pool1");
        Assert.Null(_exports.Find("pool1"));
        _exports.Remove("pool1");
    }

    [Fact]
    public void What_editors_and_killed_commands_leave_beside_fragments_does_not_count()
    {
        _exports.Put(Export("pool1", "/pool1"));
        foreach (string left in new[] { "pool1.conf~", "pool1.conf.0123456789abcdef0123456789abcdef" })
        {
            File.Copy(_places.FragmentOf("pool1"), In($"ganesha/kadalu.d/{left}"));
        }

        _exports.Put(Export("pool1", "/pool1") with { IsReadOnly = true });
        _exports.Remove("pool1");
        Assert.Empty(_exports.FindFiles("id"));
    }

    [Fact]
    public void What_is_no_text_of_reasonable_size_is_passed_over()
    {
        Directory.CreateDirectory(In("ganesha/kadalu.d/directory.conf"));
        File.CreateSymbolicLink(In("ganesha/kadalu.d/nowhere.conf"), In("nowhere"));
        File.WriteAllBytes(In("ganesha/kadalu.d/binary.conf"), [0, 255, 254, 1]);
        using (FileStream large = File.Create(In("ganesha/kadalu.d/large.conf")))
        {
            large.SetLength(1L << 40);
        }

        // Nobody writes to it: whoever opens it waits for ever.
        using (var made = Process.Start("mkfifo", In("ganesha/kadalu.d/pipe.conf")))
        {
            made.WaitForExit();
        }

        Assert.True(File.Exists(In("ganesha/kadalu.d/pipe.conf")));
        Assert.Equal(NfsExport.FirstNumber, _exports.ChooseNumber(new HashSet<int>()));
        Assert.Null(_exports.Find("pipe"));
        Assert.Null(_exports.Find("binary"));
        _exports.Put(Export("pool1", "/pool1"));

        // What somebody else has made is not replaced, and not removed.
        foreach (string pool in new[] { "pipe", "binary", "nowhere", "directory" })
        {
            Assert.Contains(
                "not made by this command", Assert.Throws<CommandException>(() => _exports.Put(Export(pool, "/x") with { Number = 300 })).Message,
                StringComparison.Ordinal);
        }

        _exports.Remove("binary");
        Assert.True(File.Exists(In("ganesha/kadalu.d/binary.conf")));
    }

    [Fact]
    public void Only_a_line_that_includes_the_fragments_counts()
    {
        Assert.False(_exports.AreIncluded);
        File.WriteAllText(In("ganesha/ganesha.conf"), $"# {_exports.IncludeLine}\n");
        File.AppendAllText(In("ganesha/ganesha.conf"), $"%dir \"{In("ganesha/kadalu.d.old")}/*.conf\"\n");
        Assert.False(_exports.AreIncluded);
        File.AppendAllText(In("ganesha/ganesha.conf"), $"  {_exports.IncludeLine}\n");
        Assert.True(_exports.AreIncluded);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private string In(string name) => Path.Combine(_directory.FullName, name);

    private static NfsExport Export(string pool, string pseudo) => new(305, pool, "id", "127.0.0.1", pseudo);
}
