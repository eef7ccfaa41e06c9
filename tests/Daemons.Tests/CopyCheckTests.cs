using KadaluFsd.Contract;
using KadaluFsd.Daemons.Heal;
using KadaluFsd.Native;

namespace KadaluFsd.Daemons.Tests;

public class CopyCheckTests
{
    private const int Enoent = 2;
    private const int Enotconn = 107;
    private static readonly Guid s_root = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid s_directory = Guid.NewGuid();
    private static readonly Guid s_other = Guid.NewGuid();
    private static readonly CopyEntry s_file = new(Guid.NewGuid(), IsDirectory: false);

    private readonly FakeUnits _units = new();

    [Fact]
    public void Copies_that_are_equal_have_no_difference()
    {
        _units.Everywhere(s_root, ("d", new CopyEntry(s_directory, IsDirectory: true)), ("f", s_file));
        _units.Everywhere(s_directory, ("f", s_file));
        CopyReport report = Check();
        Assert.Equal((2, 0, 0), (report.Directories, report.Waiting, report.DifferenceCount));
        Assert.False(report.IsRunning);
    }

    [Fact]
    public void What_most_units_have_is_right()
    {
        var other = new CopyEntry(Guid.NewGuid(), IsDirectory: false);
        _units.Everywhere(
            s_root, ("missing", s_file), ("another", s_file), ("type", s_file), (".glusterfs-anonymous-inode-1", s_file));
        _units["u3", s_root] = FakeUnits.Listing(
            "u3", ("another", other), ("type", new CopyEntry(s_directory, IsDirectory: true)), ("only", s_file));
        _units.Everywhere(s_directory);
        Assert.Equal(
            ["/another u3: another one", "/missing u3: missing", "/only u3: only here", "/type u3: of another type"],
            Check().Differences.Select(difference => $"{difference.Path} {difference.Unit}: {difference.Problem}"));
    }

    [Fact]
    public void A_directory_that_waits_for_a_heal_is_not_compared_but_what_is_below_is()
    {
        _units.Everywhere(s_root, ("d", new CopyEntry(s_directory, IsDirectory: true)));
        _units.Everywhere(s_directory, ("f", s_file));
        _units["u1", s_root] = _units["u1", s_root]! with { IsMarked = true };
        _units["u2", s_root] = FakeUnits.Listing("u2");
        _units["u2", s_directory] = FakeUnits.Listing("u2");
        CopyReport report = Check();
        Assert.Equal((1, 1), (report.Directories, report.Waiting));
        Assert.Equal("/d/f", Assert.Single(report.Differences).Path);
    }

    [Fact]
    public void A_unit_of_a_disperse_group_that_has_missed_changes_is_told_by_its_version()
    {
        _units.Everywhere(s_root);
        _units["u1", s_root] = _units["u1", s_root]! with { Version = 7 };
        _units["u2", s_root] = _units["u2", s_root]! with { Version = 7 };
        Assert.Equal(
            ("/", "u3", "at version 0 instead of 7"),
            Assert.Single(Check().Differences) is var one ? (one.Path, one.Unit, one.Problem) : default);
    }

    [Fact]
    public void A_directory_that_has_its_name_but_not_its_handle_is_told()
    {
        _units.Everywhere(
            s_root, ("d", new CopyEntry(s_directory, IsDirectory: true)), ("e", new CopyEntry(s_other, IsDirectory: true)));
        _units.Everywhere(s_directory);
        _units["u2", s_directory] = null;
        _units.Everywhere(s_other);
        CopyDifference difference = Assert.Single(Check().Differences);
        Assert.Equal(("/d", "u2", "not found by its gfid"), (difference.Path, difference.Unit, difference.Problem));
    }

    [Fact]
    public void A_unit_that_is_away_is_said_and_the_others_are_compared()
    {
        _units.Everywhere(s_root, ("f", s_file));
        _units.Away.Add("u3");
        CopyReport report = Check();
        Assert.Equal(["u3"], report.Unreachable);
        Assert.Equal((1, 0), (report.Directories, report.DifferenceCount));
        _units.Away.Add("u2");
        report = Check();
        Assert.Equal((0, 0), (report.Directories, report.DifferenceCount));
    }

    [Fact]
    public void What_is_changing_is_looked_at_again()
    {
        _units.Everywhere(s_root, ("f", s_file));
        _units["u2", s_root] = FakeUnits.Listing("u2");
        int waits = 0;
        Assert.Equal(0, Check(() =>
        {
            waits++;
            _units["u2", s_root] = FakeUnits.Listing("u2", ("f", s_file));
        }).DifferenceCount);
        Assert.Equal(1, waits);
    }

    [Fact]
    public void All_differences_are_counted_and_some_are_kept()
    {
        _units.Everywhere(s_root, [.. Enumerable.Range(0, 1500).Select(number => ($"f{number:0000}", s_file))]);
        _units["u3", s_root] = FakeUnits.Listing("u3");
        CopyReport report = Check();
        Assert.Equal((1500, CopyReport.DifferencesMax), (report.DifferenceCount, report.Differences.Length));
    }

    private CopyReport Check(Action? wait = null)
    {
        var check = new CopyCheck([new CopyGroup("g", ["u1", "u2", "u3"])], _units, wait ?? (() => { }));
        check.Run();
        return check.Report();
    }

    private sealed class FakeUnits : ICopySource
    {
        private readonly Dictionary<(string Unit, Guid Gfid), CopyListing?> _listings = [];

        internal HashSet<string> Away { get; } = [];

        internal CopyListing? this[string unit, Guid gfid]
        {
            get => _listings[(unit, gfid)];
            set => _listings[(unit, gfid)] = value;
        }

        internal void Everywhere(Guid gfid, params (string Name, CopyEntry Entry)[] entries)
        {
            foreach (string unit in new[] { "u1", "u2", "u3" })
            {
                this[unit, gfid] = Listing(unit, entries);
            }
        }

        internal static CopyListing Listing(string unit, params (string Name, CopyEntry Entry)[] entries) =>
            new(unit, entries.ToDictionary(entry => entry.Name, entry => entry.Entry), Version: 0, IsMarked: false);

        public CopyListing Read(string unit, Guid gfid) => Away.Contains(unit) ? throw new GraphException(Enotconn, "away")
            : _listings.GetValueOrDefault((unit, gfid)) ?? throw new GraphException(Enoent, "not there");
    }
}
