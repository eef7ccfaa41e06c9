using KadaluFsd.Reference;

if (args is not [var root])
{
    await Console.Error.WriteLineAsync("usage: Reference DIRECTORY (the top of the source tree)");
    return 2;
}

foreach ((string path, string text) in await ReferencePages.CreateAsync(root))
{
    await File.WriteAllTextAsync(Path.Combine(root, path), text);
}

return 0;
