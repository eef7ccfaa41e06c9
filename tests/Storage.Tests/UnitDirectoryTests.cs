using KadaluFsd.Contract;
using KadaluFsd.Linux;

namespace KadaluFsd.Storage.Tests;

/// <summary>Whose a directory is, and what keeps a unit from serving it.</summary>
public sealed class UnitDirectoryTests : IDisposable
{
    private static readonly Guid s_id = new("9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11");

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly UnitDirectory _unit;

    public UnitDirectoryTests()
    {
        Directory.CreateDirectory(UnitPath);
        _unit = new UnitDirectory(UnitPath, s_id);
    }

    private string UnitPath => Path.Combine(_root.FullName, "u");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void A_new_directory_has_no_id_and_gets_its_own_once()
    {
        Assert.Equal(Errno.ENODATA, UnitDirectory.ReadVolumeId(UnitPath, out Guid none));
        Assert.Equal(Guid.Empty, none);
        Assert.False(_unit.Check(mayInitialise: true));
        Refused("--init-directory", () => _unit.Check(mayInitialise: false));
        _unit.WriteVolumeId();
        Assert.True(_unit.Check(mayInitialise: false));
        Assert.Equal(Errno.None, UnitDirectory.ReadVolumeId(UnitPath, out Guid found));
        Assert.Equal(s_id, found);
        Refused("cannot set", _unit.WriteVolumeId);

        // As GlusterFS has it: the first byte of the text first.
        Span<byte> value = stackalloc byte[16];
        ExtendedAttribute.Read(UnitPath, UnitDirectory.VolumeIdAttribute, value, out _);
        Assert.Equal(0x9b, value[0]);
    }

    [Fact]
    public void Another_pools_directory_is_refused_and_left_alone()
    {
        var other = new UnitDirectory(UnitPath, Guid.NewGuid());
        other.WriteVolumeId();
        Refused($"not to {s_id}", () => _unit.Check(mayInitialise: true));
        Assert.False(_unit.RemoveVolumeId());
        Assert.True(other.RemoveVolumeId());
        Assert.False(other.RemoveVolumeId());
    }

    [Theory]
    [InlineData(15)]
    [InlineData(17)]
    public void An_id_of_another_length_is_none(int length)
    {
        Assert.Equal(Errno.None, ExtendedAttribute.Create(UnitPath, UnitDirectory.VolumeIdAttribute, new byte[length]));
        Assert.Equal(Errno.ERANGE, UnitDirectory.ReadVolumeId(UnitPath, out _));
        Refused("is not 16 bytes long", () => _unit.Check(mayInitialise: true));
    }

    [Fact]
    public void What_is_no_directory_is_refused()
    {
        Directory.Delete(UnitPath);
        Refused("no such directory", () => _unit.Check(mayInitialise: true));
        Assert.False(UnitDirectory.IsOf(s_id, UnitPath));
        Assert.False(_unit.RemoveVolumeId());
        File.WriteAllText(UnitPath, "");
        Refused("not a directory", () => _unit.Check(mayInitialise: true));
    }

    [Fact]
    public void One_unit_at_a_time_has_it()
    {
        using (_unit.Lock())
        {
            CommandException taken = Assert.Throws<CommandException>(() => new UnitDirectory(UnitPath, s_id).Lock());
            Assert.True(taken.MayPass);
            Assert.Equal(ExitCode.DirectoryRefused, taken.Code);
        }

        _unit.Lock().Dispose();
        Directory.Delete(UnitPath);
        Assert.False(Assert.Throws<CommandException>(_unit.Lock).MayPass);
    }

    [Fact]
    public void What_GlusterFS_keeps_in_it_is_closed_to_everybody_else()
    {
        const UnixFileMode RootOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _unit.PrepareHidden();
        Assert.Equal(RootOnly, File.GetUnixFileMode(HiddenDirectory.PathIn(UnitPath)));
        File.SetUnixFileMode(HiddenDirectory.PathIn(UnitPath, HiddenDirectory.Indices), RootOnly | UnixFileMode.OtherExecute);
        _unit.PrepareHidden();
        Assert.Equal(RootOnly, File.GetUnixFileMode(HiddenDirectory.PathIn(UnitPath, HiddenDirectory.Indices)));
    }

    [Fact]
    public void Where_something_else_is_in_its_place_it_is_refused()
    {
        string elsewhere = Directory.CreateDirectory(Path.Combine(_root.FullName, "elsewhere")).FullName;
        File.CreateSymbolicLink(HiddenDirectory.PathIn(UnitPath), elsewhere);
        Refused("is a symbolic link", _unit.PrepareHidden);
        File.Delete(HiddenDirectory.PathIn(UnitPath));
        File.WriteAllText(HiddenDirectory.PathIn(UnitPath), "");
        Refused("cannot create .glusterfs", _unit.PrepareHidden);
    }

    [Fact]
    public void A_file_that_somebody_may_hold_open_is_made_anew()
    {
        string path = Path.Combine(UnitPath, "health_check");
        File.WriteAllText(path, "old");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        using FileStream held = File.OpenRead(path);
        using (FileStream file = HiddenDirectory.OpenFile(path))
        {
            Assert.Equal(0, file.Length);
            file.WriteByte(1);
        }

        using (FileStream file = HiddenDirectory.OpenFile(path))
        {
            Assert.Equal(1, file.Length);
        }

        Assert.Equal(3, held.Length);
    }

    [Fact]
    public void A_handle_is_found_by_the_first_digits_of_the_gfid() => Assert.Equal(
        "/u/.glusterfs/9b/0c/9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11", HiddenDirectory.HandleOf("/u", s_id));

    private void Refused(string words, Action action)
    {
        CommandException refused = Assert.Throws<CommandException>(action);
        Assert.Equal(ExitCode.DirectoryRefused, refused.Code);
        Assert.StartsWith($"unit directory {UnitPath}: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    private void Refused(string words, Func<bool> action) => Refused(words, () =>
    {
        action();
    });
}
