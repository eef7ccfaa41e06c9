namespace KadaluFsd.Attack.Tests.Wire;

/// <summary>The calls of <see cref="FileOperation"/>, each with the fields that it has on the wire.</summary>
internal static class FileCalls
{
    /// <summary>The root's gfid.</summary>
    internal static readonly Guid Root = new("00000000-0000-0000-0000-000000000001");

    /// <summary>The number of a file that is opened anew at each use, by its gfid.</summary>
    internal const ulong AnonymousFile = unchecked((ulong)-2L);

    internal static WireReply LookUp(this WireClient client, Guid parent, string name, params (string, object)[] xdata) =>
        client.Do(FileOperation.LookUp, body =>
    {
        body.WriteGfid(Guid.Empty);
        body.WriteGfid(parent);
        body.WriteUInt32(0);
        body.WriteString(name);
        WireDict.Write(body, xdata);
    });

    /// <summary>A lookup by gfid alone.</summary>
    internal static WireReply LookUp(this WireClient client, Guid gfid, params (string, object)[] xdata) =>
        client.Do(FileOperation.LookUp, body =>
    {
        body.WriteGfid(gfid);
        body.WriteGfid(Guid.Empty);
        body.WriteUInt32(0);
        body.WriteString("");
        WireDict.Write(body, xdata);
    });

    internal static WireReply MakeDirectory(this WireClient client, Guid parent, string name, Guid gfid) =>
        client.Do(FileOperation.MakeDirectory, body =>
    {
        body.WriteGfid(parent);
        body.WriteWords([Convert.ToUInt32("755", 8), 0]);
        body.WriteString(name);
        WireDict.Write(body, ("gfid-req", gfid));
    });

    internal static WireReply MakeNode(
        this WireClient client, Guid parent, string name, Guid gfid, uint mode,
        ulong device = 0) => client.Do(FileOperation.MakeNode, body =>
    {
        body.WriteGfid(parent);
        body.WriteUInt64(device);
        body.WriteWords([mode, 0]);
        body.WriteString(name);
        WireDict.Write(body, ("gfid-req", gfid));
    });

    internal static WireReply Create(
        this WireClient client, Guid parent, string name, Guid gfid,
        uint flags = Flags.ReadWrite | Flags.Create) => client.Do(FileOperation.Create, body =>
    {
        body.WriteGfid(parent);
        body.WriteWords([flags, Convert.ToUInt32("644", 8), 0]);
        body.WriteString(name);
        WireDict.Write(body, ("gfid-req", gfid));
    });

    internal static WireReply SymLink(this WireClient client, Guid parent, string name, string target, Guid gfid) =>
        client.Do(FileOperation.SymLink, body =>
    {
        body.WriteGfid(parent);
        body.WriteString(name);
        body.WriteUInt32(0);
        body.WriteString(target);
        WireDict.Write(body, ("gfid-req", gfid));
    });

    internal static WireReply Link(this WireClient client, Guid file, Guid parent, string name) =>
        client.Do(FileOperation.Link, body =>
    {
        body.WriteGfid(file);
        body.WriteGfid(parent);
        body.WriteString(name);
        WireDict.Write(body);
    });

    internal static WireReply Rename(this WireClient client, Guid oldParent, string oldName, Guid newParent, string newName) =>
        client.Do(FileOperation.Rename, body =>
    {
        body.WriteGfid(oldParent);
        body.WriteGfid(newParent);
        body.WriteString(oldName);
        body.WriteString(newName);
        WireDict.Write(body);
    });

    internal static WireReply Unlink(this WireClient client, Guid parent, string name) => client.Do(FileOperation.Unlink, body =>
    {
        body.WriteGfid(parent);
        body.WriteString(name);
        body.WriteUInt32(0);
        WireDict.Write(body);
    });

    internal static WireReply RemoveDirectory(this WireClient client, Guid parent, string name) =>
        client.Do(FileOperation.RemoveDirectory, body =>
    {
        body.WriteGfid(parent);
        body.WriteUInt32(0);
        body.WriteString(name);
        WireDict.Write(body);
    });

    internal static WireReply NameLink(this WireClient client, Guid parent, string name) =>
        client.Do(FileOperation.NameLink, body =>
    {
        body.WriteGfid(parent);
        body.WriteString(name);
        WireDict.Write(body);
    });

    internal static WireReply CreateInode(this WireClient client, Guid gfid) => client.Do(FileOperation.CreateInode, body =>
    {
        body.WriteGfid(gfid);
        body.WriteUInt32(Convert.ToUInt32("100644", 8));
        WireDict.Write(body);
    });

    internal static WireReply Stat(this WireClient client, Guid gfid, params (string, object)[] xdata) =>
        client.Do(FileOperation.Stat, body =>
    {
        body.WriteGfid(gfid);
        WireDict.Write(body, xdata);
    });

    internal static WireReply Truncate(this WireClient client, Guid gfid, ulong length) =>
        client.Do(FileOperation.Truncate, body =>
    {
        body.WriteGfid(gfid);
        body.WriteUInt64(length);
        WireDict.Write(body);
    });

    internal static WireReply Open(this WireClient client, Guid gfid, uint flags = 0) => client.Do(FileOperation.Open, body =>
    {
        body.WriteGfid(gfid);
        body.WriteUInt32(flags);
        WireDict.Write(body);
    });

    internal static WireReply OpenDirectory(this WireClient client, Guid gfid) => client.Do(FileOperation.OpenDirectory, body =>
    {
        body.WriteGfid(gfid);
        WireDict.Write(body);
    });

    internal static WireReply Read(this WireClient client, Guid gfid, ulong file) => client.Do(FileOperation.Read, body =>
    {
        body.WriteGfid(gfid);
        body.WriteUInt64(file);
        body.WriteUInt64(0);
        body.WriteWords([4096, 0]);
        WireDict.Write(body);
    });

    internal static WireReply ReadDirectory(this WireClient client, Guid gfid, ulong file, bool plus) =>
        client.Do(plus ? FileOperation.ReadDirectoryPlus : FileOperation.ReadDirectory, body =>
    {
        body.WriteGfid(gfid);
        body.WriteUInt64(file);
        body.WriteUInt64(0);
        body.WriteUInt32(65536);
        WireDict.Write(body);
    });

    internal static WireReply StatFs(this WireClient client, Guid gfid) => client.Do(FileOperation.StatFs, body =>
    {
        body.WriteGfid(gfid);
        WireDict.Write(body);
    });

    internal static WireReply GetXattr(this WireClient client, Guid gfid, string name) =>
        client.Do(FileOperation.GetXattr, body =>
    {
        body.WriteGfid(gfid);
        body.WriteUInt32((uint)name.Length);
        body.WriteString(name);
        WireDict.Write(body);
    });

    internal static WireReply SetXattr(this WireClient client, Guid gfid, string name, string value) =>
        client.Do(FileOperation.SetXattr, body =>
    {
        body.WriteGfid(gfid);
        body.WriteUInt32(0);
        WireDict.Write(body, (name, value));
        WireDict.Write(body);
    });

    /// <summary>
    /// Adds to what an attribute counts; of an open file that has no descriptor where it is the file's second form.
    /// </summary>
    internal static WireReply XattrOp(this WireClient client, Guid gfid, string name, string value, bool ofOpenFile) =>
        client.Do(ofOpenFile ? FileOperation.OpenXattrOp : FileOperation.XattrOp, body =>
    {
        body.WriteGfid(gfid);
        if (ofOpenFile)
        {
            body.WriteUInt64(ulong.MaxValue - 1);
        }

        body.WriteUInt32(0);
        WireDict.Write(body, (name, value));
        WireDict.Write(body);
    });

    /// <summary>Flags of open(2) as they go over the wire, GlusterFS's own numbers being Linux's.</summary>
    internal static class Flags
    {
        internal const uint ReadWrite = 2;
        internal const uint Create = 0x40;
    }
}
