namespace KadaluFsd.Hosting;

/// <summary>Has read files, which it reads again when the process is told to.</summary>
public interface IReloadable
{
    /// <summary>Reads them again. What cannot be used leaves the last good ones. From any thread; one calls at a time.</summary>
    void Reload();
}
