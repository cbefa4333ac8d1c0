using System.CommandLine;

namespace EventStore.EF.Faults;

/// <summary><c>list</c>: names the faults.</summary>
internal sealed class ListCommand : Command
{
    public ListCommand()
        : base("list", "Names the faults.")
        => SetAction(_ =>
        {
            foreach (var fault in FaultCatalogue.All)
            {
                Console.WriteLine($"{fault.Name,-20} {(fault.Providers is Provider.Both ? "both" : fault.Providers),-12} {fault.Description}");
                if (fault.Unavailable is { } reason)
                    Console.WriteLine($"{"",-33} Not here: {reason}.");
            }
        });
}
