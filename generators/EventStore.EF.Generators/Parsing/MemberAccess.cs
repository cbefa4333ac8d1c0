using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Tells whether System.Text.Json writes a member, and whether it reads it.</summary>
internal static class MemberAccess
{
    /// <summary>Whether the member is part of the JSON.</summary>
    public static bool IsWritten(Member member) => member.Symbol switch
    {
        IPropertySymbol { GetMethod: { } getter } => HasInclude(member) || getter.DeclaredAccessibility == Accessibility.Public,
        IFieldSymbol => HasInclude(member),
        _ => false,
    };

    /// <summary>Whether JSON sets the member after construction.</summary>
    public static bool IsSet(Member member) => member.Symbol switch
    {
        IPropertySymbol { SetMethod: { } setter } => HasInclude(member) || setter.DeclaredAccessibility == Accessibility.Public,
        IFieldSymbol { IsReadOnly: false } => HasInclude(member),
        _ => false,
    };

    /// <summary>Whether reading fills the member's existing value instead of replacing it.</summary>
    public static bool IsPopulated(Member member)
        => !member.Type.IsValueType
            && Handlings.IsPopulated(Handlings.IsDecided(member.Symbol) ? member.Symbol : member.Symbol.ContainingType)
            && Handlings.CanBeFilled(member.Type);

    /// <summary>Whether the member is written, and neither a parameter of the constructor nor anything else reads it.</summary>
    public static bool IsComputed(Member member, IMethodSymbol? constructor)
        => IsWritten(member) && !IsSet(member) && !member.IsExtensionData
            && constructor?.Parameters.Any(parameter => ObjectParser.IsBound(member, parameter)) != true
            && !IsPopulated(member);

    private static bool HasInclude(Member member) => member.Json("JsonIncludeAttribute") is not null;
}
