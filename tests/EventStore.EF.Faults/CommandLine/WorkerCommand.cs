using System.CommandLine;

namespace EventStore.EF.Faults;

/// <summary><c>worker</c>: what the program starts itself as.</summary>
internal sealed class WorkerCommand : Command
{
    public WorkerCommand()
        : base("worker", "A writer or a subscriber of a run.")
    {
        Hidden = true;

        // For whoever looks at the list of processes.
        Add(new Argument<string>("folder"));
        SetAction((_, _) => Worker.RunAsync());
    }
}
