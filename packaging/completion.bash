# bash completion for tierrun. Options and their values come from `tierrun --help`, the items of -d from
# `tierrun -d help`; what follows the program's name is completed as that program's own.

_tierrun_help()
{
    "$1" --help 2>/dev/null | sed -n 's/^  \(--\{0,1\}[A-Za-z0-9][^ ]*\) .*/\1/p'
    echo --help
}

# Words that may follow --NAME=: those of its choices, or nothing.
_tierrun_choices()
{
    _tierrun_help "$1" | sed -n "s/^$2\\[\\{0,1\\}=\\([^]]*\\)\\]\\{0,1\\}\$/\\1/p" | grep -v '[A-Z]' | tr '|' ' '
}

_tierrun()
{
    local tierrun=${COMP_WORDS[0]} current prev name i
    COMPREPLY=()
    current=${COMP_WORDS[COMP_CWORD]}
    prev=${COMP_WORDS[COMP_CWORD - 1]}

    # The first word that is neither an option nor an option's value is the program.
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        -[LEU0sRBrdD]) ((i++)) ;;
        --* | -* | =) [[ ${COMP_WORDS[i + 1]} == = ]] && ((i += 2)) ;;
        *)
            if declare -F _command_offset >/dev/null; then
                _command_offset "$i"
            else
                compopt -o default
            fi
            return
            ;;
        esac
    done

    # COMP_WORDBREAKS makes --name=value three words.
    if [[ $current == = ]]; then
        name=$prev current=
    elif [[ $prev == = ]]; then
        name=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case ${name:-$prev} in
    --?*)
        if [[ -n ${name:-} ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$(_tierrun_choices "$tierrun" "$name")" -- "$current")
            [[ ${#COMPREPLY[@]} != 0 ]] || compopt -o default
            return
        fi
        ;;
    -d)
        mapfile -t COMPREPLY < <(compgen -W "$("$tierrun" -d help 2>/dev/null | awk '/^ / { print $1 }')" -- "$current")
        return
        ;;
    -L) compopt -o dirnames ;&
    -D) compopt -o default ;;
    esac
    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_tierrun_help "$tierrun" | sed 's/\[.*//; s/=.*/=/')" -- "$current")
        [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
        return
    fi
    compopt -o default
}

complete -F _tierrun tierrun
