namespace EventStore.EF.Faults;

/// <summary>
/// What the laboratory has the handlers of all processes fail on. Each trouble is a file beside the histories, so that a process that starts
/// again is in the same trouble.
/// </summary>
internal sealed class Troubles(string folder)
{
    /// <summary>The handlers of <see cref="Subscriptions.Troubled"/> throw for one event in ten, each time with another odd text.</summary>
    public const string Odd = "odd";

    /// <summary>The handlers of <see cref="Subscriptions.Stopping"/> throw for every event.</summary>
    public const string Stop = "stop";

    /// <summary>The process ends whenever a handler of <see cref="Subscriptions.Troubled"/> is given one certain event.</summary>
    public const string Deadly = "deadly";

    public bool IsOn(string trouble) => File.Exists(PathOf(trouble));

    public void Begin(string trouble) => File.WriteAllText(PathOf(trouble), "");

    public void End(string trouble) => File.Delete(PathOf(trouble));

    /// <summary>Lets a trouble last for a time.</summary>
    public async Task LastAsync(string trouble, TimeSpan time, CancellationToken ct)
    {
        Begin(trouble);
        try
        {
            await Task.Delay(time, TimeProvider.System, ct).ConfigureAwait(false);
        }
        finally
        {
            End(trouble);
        }
    }

    /// <summary>Whether an event is the deadly one: the first that asks.</summary>
    public bool IsDeadly(Guid id)
    {
        if (!IsOn(Deadly))
            return false;

        try
        {
            if (File.ReadAllText(PathOf(Deadly)) is { Length: > 0 } text)
                return text == id.ToString();

            File.WriteAllText(PathOf(Deadly), id.ToString());
            return true;
        }
        catch (IOException)
        {
            // The laboratory has just ended it, or another process names its event.
            return false;
        }
    }

    /// <summary>The event that is deadly; null while none is.</summary>
    public Guid? DeadlyEvent()
    {
        try
        {
            return Guid.TryParse(File.ReadAllText(PathOf(Deadly)), out var id) ? id : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private string PathOf(string trouble) => Path.Combine(folder, $"{trouble}.trouble");
}
