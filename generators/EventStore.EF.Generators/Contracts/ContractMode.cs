using Microsoft.CodeAnalysis.Diagnostics;

namespace EventStore.EF.Generators.Contracts;

/// <summary>The use of EventContracts.txt in this build, set by an MSBuild property in the package's targets.</summary>
internal enum ContractMode
{
    /// <summary>Compares. Every ordinary build does this.</summary>
    Check,

    /// <summary>Records additions and refuses breaking changes: <c>-t:UpdateEventContracts</c>.</summary>
    Update,

    /// <summary>Records breaking changes too: <c>-p:AcceptBreakingEventContracts=true</c>.</summary>
    Accept,
}

internal static class ContractModes
{
    public static ContractMode Of(AnalyzerConfigOptions options)
        => options.TryGetValue("build_property.EventContractsMode", out var mode)
            ? mode.ToLowerInvariant() switch { "update" => ContractMode.Update, "accept" => ContractMode.Accept, _ => ContractMode.Check }
            : ContractMode.Check;
}
