namespace EventStore.EF.Faults;

/// <summary>Whether the new build is in use: a process of it has started, so its events are written.</summary>
internal sealed class Rollout(WorkerSettings settings)
{
    private volatile bool _hasBegun = settings.HasNewEvents;

    public bool HasBegun => _hasBegun;

    public void Begin() => _hasBegun = true;
}
