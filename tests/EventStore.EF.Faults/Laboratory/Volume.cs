namespace EventStore.EF.Faults;

/// <summary>A small file system in memory, which can be filled to the brim. Mounting takes root.</summary>
internal sealed class Volume(string folder)
{
    private const int Megabytes = 512;

    /// <summary>Two copies of the database with their logs, while one takes the place of the other, grow by about half of this.</summary>
    private const double MegabytesPerSecond = 3;

    private string Ballast => Path.Combine(folder, "ballast");

    public static async Task<Volume> MountAsync(string folder, TimeSpan duration, Undo undo, CancellationToken ct)
    {
        var megabytes = Megabytes + (int)(MegabytesPerSecond * duration.TotalSeconds);
        Directory.CreateDirectory(folder);
        undo.With("umount", "-l", folder);
        await Programs.RunAsync(["mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=755", "eventstore-faults", folder], ct: ct).ConfigureAwait(false);
        return new(folder);
    }

    /// <summary>Leaves room for so many bytes, or less.</summary>
    public async Task FillAsync(long leave, CancellationToken ct)
    {
        var block = new byte[1 << 20];
        await using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                await ballast.WriteAsync(block, ct).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // Now it is full, whatever others have written to it meanwhile.
            ballast.SetLength(Math.Max(0, ballast.Length - leave));
        }
    }

    public void MakeRoom() => File.Delete(Ballast);
}
