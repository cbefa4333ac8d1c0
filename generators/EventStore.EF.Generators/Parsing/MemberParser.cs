using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Parses a member: its type, the access to it, and its attributes.</summary>
internal sealed class MemberParser(ParseContext context, ShapeParser shapes, AccessorParser accessors, IMethodSymbol? constructor)
{
    private readonly bool _requiredMatters = constructor?.SetsRequiredMembers() != true;

    /// <param name="member">The member.</param>
    /// <param name="isBound">Whether a parameter of the constructor sets it.</param>
    /// <returns>The model, or null if the member is left out or refused.</returns>
    public MemberModel? Parse(Member member, bool isBound)
    {
        var symbol = member.Symbol;
        var isRequired = member.Json("JsonRequiredAttribute") is not null || (_requiredMatters && IsRequired(symbol));
        if (member.IsIgnored)
            return Ignored(member, isBound, isRequired);
        if (Refusal(member, isBound) is { } problem)
        {
            context.Report(Descriptors.NotSerializable, symbol, symbol.Display(), problem);
            return null;
        }

        var include = member.Json("JsonIncludeAttribute") is not null;
        var get = Get(symbol, include);
        var set = isBound && !isRequired ? Access.None : Set(symbol, include);
        if (isRequired && !isBound && set.Kind == AccessKind.None)
        {
            context.Report(
                Descriptors.NotSerializable, symbol, symbol.Display(), "it is required but can't be set; give it a public setter or init");
            return null;
        }

        var converter = member.IsPlain ? null : Converters.OfMember(symbol, member.Type, context);
        var value = converter is null
            ? shapes.Value(member.Type, symbol)
            : (Converters.StoresNames(symbol, member.Type) ? EnumNames.Find(member.Type) : null)
                ?? new(member.Type.Code(), ValueKind.Metadata);
        if (value is null)
            return null;
        if (context.IsAdvising)
            Advise(member, value, isBound, isRequired);
        return Model(member, value, get, set, isRequired, converter);
    }

    /// <summary>Reports advice about a member.</summary>
    private void Advise(Member member, ValueModel value, bool isBound, bool isRequired)
    {
        if ((value.Inner ?? value).Kind == ValueKind.Enum)
            context.Report(Descriptors.EnumAsNumber, member.Symbol, member.Symbol.Display(), member.Type.Underlying().Display());
        if (member.Symbol.FirstLocation() is null)
            return;
        if (IsChangeable(member.Symbol))
            context.Report(Descriptors.SettableMember, member.Symbol, member.Symbol.Display());
        if (isBound && !isRequired && !member.Type.IsValueType
            && constructor!.Parameters.First(parameter => ObjectParser.IsBound(member, parameter)) is
            { HasExplicitDefaultValue: false, NullableAnnotation: NullableAnnotation.NotAnnotated })
        {
            context.Report(Descriptors.NullWhenMissing, member.Symbol, member.Symbol.Display());
        }
    }

    /// <summary>Structs are copied when they are passed on, so their setters do no harm.</summary>
    private static bool IsChangeable(ISymbol symbol) => !symbol.ContainingType.IsValueType && symbol
        is IPropertySymbol { SetMethod: { IsInitOnly: false, DeclaredAccessibility: Accessibility.Public } }
        or IFieldSymbol { IsReadOnly: false, DeclaredAccessibility: Accessibility.Public };

    /// <summary>System.Text.Json knows an ignored member only if a constructor parameter takes its default from it.</summary>
    private MemberModel? Ignored(Member member, bool isBound, bool isRequired)
    {
        if (isRequired)
        {
            context.Report(
                Descriptors.NotSerializable,
                member.Symbol,
                member.Symbol.Display(),
                "it is required but marked [JsonIgnore], so it could never be read");
        }

        return isBound
            ? Model(member, new(member.Type.Code(), ValueKind.Metadata), Access.None, Access.None, isRequired: false, converter: null)
            : null;
    }

    private static MemberModel Model(
        Member member, ValueModel value, Access get, Access set, bool isRequired, string? converter) => new(
        member.Symbol.Name,
        member.Symbol.ContainingType.Code(),
        value,
        member.JsonName,
        member.HasExplicitName,
        get,
        set,
        isRequired,
        member.IsPlain ? 0 : JsonAttributes.Order(member.Symbol),
        member.Ignore,
        converter,
        member.IsPlain ? Handling.None : JsonAttributes.Handling(member.Symbol),
        member.Symbol.IsStored(),
        member.IsExtensionData);

    private string? Refusal(Member member, bool isBound)
    {
        if (!member.IsPlain)
        {
            if (JsonAttributes.Unsupported(member.Symbol) is { } attribute)
                return JsonAttributes.Advice(attribute);
            if (Handlings.Problem(member, isBound, constructor) is { } problem)
                return problem;
            if (UnsupportedTypes.IsObsoleteError(member.Symbol))
                return "it is obsolete and using it is an error; leave it out with [JsonIgnore]";
        }

        if (member.Symbol is IPropertySymbol { ReturnsByRef: true } or IPropertySymbol { ReturnsByRefReadonly: true })
            return "a property that returns a reference can't be stored; leave it out with [JsonIgnore]";
        var canBeNull = !member.Type.IsValueType || member.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        return member.Ignore is "WhenWritingNull" && !canBeNull
            ? "it can't be null, so [JsonIgnore(Condition = WhenWritingNull)] is invalid; use WhenWritingDefault"
            : null;
    }

    private Access Get(ISymbol symbol, bool include) => symbol switch
    {
        IFieldSymbol field => Reach(field),
        IPropertySymbol { GetMethod: { } getter } => Reach(getter, include),
        _ => Access.None,
    };

    private Access Set(ISymbol symbol, bool include) => symbol switch
    {
        IFieldSymbol { IsReadOnly: true } or IFieldSymbol { IsConst: true } => Access.None,
        IFieldSymbol field => Reach(field),
        IPropertySymbol { SetMethod: { IsInitOnly: true } setter } when include || setter.DeclaredAccessibility == Accessibility.Public
            => new(AccessKind.Accessor, accessors.Method(setter)),
        IPropertySymbol { SetMethod: { } setter } => Reach(setter, include),
        _ => Access.None,
    };

    private Access Reach(IFieldSymbol field)
        => IsReachable(field) ? Access.Direct : new(AccessKind.FieldAccessor, accessors.Field(field));

    private Access Reach(IMethodSymbol accessor, bool include)
    {
        if (accessor.DeclaredAccessibility != Accessibility.Public && !include)
            return Access.None;
        return IsReachable(accessor) ? Access.Direct : new(AccessKind.Accessor, accessors.Method(accessor));
    }

    private bool IsReachable(ISymbol symbol) => symbol.IsAccessible(context.Compilation);

    private static bool IsRequired(ISymbol symbol) => symbol is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true };
}
