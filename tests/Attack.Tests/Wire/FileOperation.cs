namespace KadaluFsd.Attack.Tests.Wire;

/// <summary>The procedures of GlusterFS's file program, version 4 (rpc/rpc-lib/src/protocol-common.h, GFS3_OP_*).</summary>
internal enum FileOperation
{
    Stat = 1,
    ReadLink = 2,
    MakeNode = 3,
    MakeDirectory = 4,
    Unlink = 5,
    RemoveDirectory = 6,
    SymLink = 7,
    Rename = 8,
    Link = 9,
    Truncate = 10,
    Open = 11,
    Read = 12,
    Write = 13,
    StatFs = 14,
    SetXattr = 17,
    GetXattr = 18,
    OpenDirectory = 20,
    Access = 22,
    Create = 23,
    LookUp = 27,
    ReadDirectory = 28,
    XattrOp = 33,
    OpenXattrOp = 34,
    SetAttributes = 38,
    ReadDirectoryPlus = 40,
    CreateInode = 53,
    NameLink = 54,
}
