/** The page of the small compose window. */
import { mount } from 'svelte';
import '../shared/tokens.css';
import '../shared/base.css';
import './app.css';
import { connect } from '../ipc';
import ComposeWindow from './ComposeWindow.svelte';
import { applyRememberedTheme } from './theme';

applyRememberedTheme();
await connect();
mount(ComposeWindow, { target: document.getElementById('app')! });
