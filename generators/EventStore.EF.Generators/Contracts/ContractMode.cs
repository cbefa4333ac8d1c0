using Microsoft.CodeAnalysis.Diagnostics;

namespace EventStore.EF.Generators.Contracts;

/// <summary>What the build does with EventContracts.txt; told by the MSBuild property of this package's targets.</summary>
internal enum ContractMode
{
    /// <summary>It compares: every build.</summary>
    Check,

    /// <summary>It writes what is new, and refuses what breaks: <c>-t:UpdateEventContracts</c>.</summary>
    Update,

    /// <summary>It writes what breaks as well: <c>-p:AcceptBreakingEventContracts=true</c>.</summary>
    Accept,
}

internal static class ContractModes
{
    public static ContractMode Of(AnalyzerConfigOptions options)
        => options.TryGetValue("build_property.EventContractsMode", out var mode)
            ? mode.ToLowerInvariant() switch { "update" => ContractMode.Update, "accept" => ContractMode.Accept, _ => ContractMode.Check }
            : ContractMode.Check;
}
