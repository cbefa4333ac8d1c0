namespace EventStore.EF.Faults;

/// <summary>A small file system in memory, which can be filled to the brim. Mounting takes root.</summary>
internal sealed class Volume(string folder)
{
    private const int Megabytes = 768;

    private string Ballast => Path.Combine(folder, "ballast");

    public static async Task<Volume> MountAsync(string folder, Undo undo, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        undo.With("umount", "-l", folder);
        await Programs.RunAsync(["mount", "-t", "tmpfs", "-o", $"size={Megabytes}m,mode=755", "eventstore-faults", folder], ct: ct).ConfigureAwait(false);
        return new(folder);
    }

    /// <summary>Leaves room for so many bytes.</summary>
    public async Task FillAsync(long leave, CancellationToken ct)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace - leave;
        if (free > 0)
            await Programs.RunAsync(["fallocate", "-l", free.ToString(System.Globalization.CultureInfo.InvariantCulture), Ballast], ct: ct).ConfigureAwait(false);
    }

    public void MakeRoom() => File.Delete(Ballast);
}
